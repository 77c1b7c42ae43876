"""What each setting takes, refuses and says; a bad file opens on what is proposed."""

import json

import pytest

from lgc import settings as declared
from lgc.services.workstation import old_python
from lgc.settings import ALL, Settings

REFUSED = [
    (declared.time_zone, "Paris"),
    (declared.time_zone, ""),
    (declared.time_zone, "../../etc/passwd"),
    (declared.mail_smtp_port, 0),
    (declared.mail_smtp_port, 999_999),
    (declared.mail_imap_port, -1),
    (declared.mail_timeout, 0),
    (declared.dmp_timeout, 0),
    (declared.dmp_timeout, True),
    (declared.dmp_parallel, 0),
    (declared.mail_poll_seconds, 0),
    (declared.idle_lock_minutes, 100_000),
    (declared.agenda_opens, "le matin"),
    (declared.agenda_opens, "24:00"),
    (declared.agenda_closes, "08:00:00"),
    (declared.agenda_closes, "07:30"),
    (declared.dmp_base, "dmp.example"),
    (declared.dmp_base, "http://dmp.example"),
    (declared.dmp_base, "https://nom:secret@dmp.example"),
    (declared.dmp_base, "https://dmp.example:99999"),
    (declared.dmp_base, "https://dmp.example/a b"),
    (declared.dmp_base, "file:///etc/passwd"),
    (declared.network_proxy, "proxy.example:3128"),
    (declared.network_proxy, "http://proxy.example"),
    (declared.network_proxy, "https://proxy.example:3128"),
    (declared.network_proxy, "http://nom:secret@proxy.example:3128"),
    (declared.network_proxy, "http://proxy.example:3128/x"),
    (declared.network_proxy, "http://proxy.example:99999"),
    (declared.network_proxy, "http://:3128"),
    (declared.dmp_oid, "1.2.250.x"),
    (declared.dmp_oid, ""),
    (declared.lps_oid, "1.02.3"),
    (declared.mail_smtp_host, "https://smtp.example"),
    (declared.mail_smtp_host, "smtp.example:587"),
    (declared.mail_address, "docteur"),
    (declared.mail_trusted_domains, "mssante.fr https://x"),
    (declared.revocation_addresses, "http://crl.example/a.crl ftp://x/b.crl"),
    (declared.card_module, "libcps3.so"),
    (declared.practice_name, "Cabinet\nBcc: x"),
    (declared.practice_name, "Cabinet \ud800"),
    (declared.tls_versions, "1.0"),
    (declared.guidance_cim10, "javascript:alert(1)"),
]
TAKEN = [
    (declared.time_zone, "Indian/Reunion"),
    (declared.mail_smtp_port, 465),
    (declared.idle_lock_minutes, 0),
    (declared.archive_after, 0),
    (declared.agenda_opens, "7h30"),
    (declared.network_proxy, ""),
    (declared.network_proxy, "http://proxy.example:3128"),
    (declared.network_proxy, "http://192.0.2.1:8080/"),
    (declared.dmp_base, "https://dmp.example/si-dmp-server/v2/services"),
    (declared.dmp_base, "http://localhost:8080/x"),
    (declared.dmp_base, ""),
    (declared.lps_oid, "2.25.329800735698586629295641978511506172918"),
    (declared.mail_smtp_host, "smtp.operateur.mssante.fr"),
    (declared.mail_address, "paul.medecin@mssante.fr"),
    (declared.revocation_addresses, "http://crl.example/a.crl https://crl.example/b.crl"),
    (declared.guidance_cim10, "https://reco.example/{code}?q={label}"),
    (declared.mail_signature, "Dr Paul\nCabinet"),
    (declared.practice_name, "Cabinet de l’Étang"),
]


@pytest.mark.parametrize(("setting", "value"), REFUSED)
def test_a_wrong_value_is_refused_with_its_reason(setting, value):
    settings = Settings()

    assert settings.refusal(setting, value).endswith(".")
    with pytest.raises(ValueError, match=r"\."):
        settings[setting] = value
    assert settings[setting] == setting.default


@pytest.mark.parametrize(("setting", "value"), TAKEN)
def test_a_right_value_is_taken(setting, value):
    settings = Settings()

    settings[setting] = value

    assert settings[setting] == value


@pytest.mark.parametrize("setting", ALL, ids=lambda one: one.key)
def test_what_is_proposed_is_taken(setting):
    assert setting.refusal(setting.default) == ""


@pytest.mark.parametrize(
    "content",
    [b"[]", b"", b"{", b"null", b"12", b"\xff\xfe", b"[" * 100_000, b'"' + b"x" * 2_000_000 + b'"'],
    ids=["list", "empty", "cut", "null", "number", "not text", "deep", "too long"],
)
def test_a_file_that_is_no_settings_opens_on_what_is_proposed(tmp_path, content):
    file = tmp_path / "settings.json"
    file.write_bytes(content)

    settings = Settings(file)

    assert settings[declared.time_zone] == "Europe/Paris"
    assert settings.problems == ("Le fichier de réglages est illisible.",)
    settings.save()
    assert (tmp_path / "settings-refusé.json").read_bytes() == content


def test_one_wrong_value_costs_only_itself(tmp_path):
    file = tmp_path / "settings.json"
    held = {
        "practice.time_zone": "Paris",
        "mssante.smtp_port": "587",
        "practice.city": "Lyon",
        "later.version": 3,
    }
    file.write_text(json.dumps(held), "utf-8")

    settings = Settings(file)

    assert settings[declared.time_zone] == "Europe/Paris"
    assert settings[declared.practice_city] == "Lyon"
    assert [problem.split(" : ")[0] for problem in settings.problems] == [
        "« Fuseau horaire »",
        "« Port d’envoi »",
    ]
    settings.save()
    assert json.loads(file.read_text("utf-8"))["later.version"] == 3
    assert json.loads((tmp_path / "settings-refusé.json").read_text("utf-8")) == held


def test_a_day_that_ends_before_it_begins_opens_on_the_proposed_one(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text('{"agenda.opens": "18:00", "agenda.closes": "09:00"}', "utf-8")

    settings = Settings(file)

    assert (settings[declared.agenda_opens], settings[declared.agenda_closes]) == ("08:00", "19:00")
    assert settings.problems


@pytest.mark.parametrize(
    ("version", "told"),
    [((3, 11, 7), 1), ((3, 11, 10), 0), ((3, 12, 5), 1), ((3, 12, 6), 0), ((3, 13, 0), 0)],
)
def test_a_python_with_known_faults_is_named(version, told):
    assert len(old_python(version)) == told
