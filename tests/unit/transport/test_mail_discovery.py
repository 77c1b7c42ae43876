"""Where a mailbox's servers are: announced by its own domain, or not believed."""

import pytest

from lgc.errors import UserFacingError
from lgc.transport.mail_discovery import Service, discover

ME = "paul@medecin.formation.mssante.fr"
TRUST = ("mssante.fr",)
FILE = """<clientConfig version="1.1"><emailProvider id="x">
<incomingServer type="imap"><hostname>{host}</hostname><port>143</port>
<socketType>{secure}</socketType></incomingServer>
<outgoingServer type="smtp"><hostname>{host}</hostname><port>587</port>
<socketType>{secure}</socketType></outgoingServer></emailProvider></clientConfig>"""


def dns(imap, smtp):
    known = {"_imap._tcp.": imap, "_submission._tcp.": smtp}

    def resolve(name):
        kind = next(one for one in known if name.startswith(one))
        assert name == f"{kind}medecin.formation.mssante.fr"
        return known[kind]

    return resolve


def nothing(address):
    return None


def file(host="mail.mssante.fr", secure="STARTTLS"):
    def fetch(address):
        assert address == ("https://autoconfig.medecin.formation.mssante.fr/mail/config-v1.1.xml")
        return FILE.format(host=host, secure=secure).encode()

    return fetch


@pytest.mark.requirement("SC.MSS/CONF.04")
def test_the_first_by_priority_then_weight_is_taken():
    imap = [
        Service(10, 5, 1143, "far.mssante.fr"),
        Service(0, 1, 143, "light.mssante.fr"),
        Service(0, 9, 143, "mail-psc.formation.mailiz.mssante.fr."),
    ]

    places = discover(ME, TRUST, dns(imap, [Service(0, 0, 587, "mail.mssante.fr")]), nothing)

    assert places.imap.host == "mail-psc.formation.mailiz.mssante.fr"
    assert places.imap.discovered
    assert (places.smtp.host, places.smtp.port) == ("mail.mssante.fr", 587)


@pytest.mark.parametrize(
    "host", ["mail.evil.example", "mssante.fr.evil.example", "evilmssante.fr", ".", ""]
)
def test_a_host_outside_the_space_of_trust_is_not_believed(host):
    told = [Service(0, 0, 143, host)]

    with pytest.raises(UserFacingError, match="pas été trouvés"):
        discover(ME, TRUST, dns(told, told), nothing)


def test_a_mailbox_of_another_domain_gets_no_server_of_the_space_of_trust():
    told = [Service(0, 0, 143, "mail.mssante.fr")]

    with pytest.raises(UserFacingError):
        discover("a@hopital.example", TRUST, lambda name: told, nothing)


def test_a_domain_of_its_own_has_its_own_servers():
    told = [Service(0, 0, 143, "imap.hopital.example")]

    assert discover("a@hopital.example", TRUST, lambda name: told, nothing).imap.discovered


def test_without_dns_the_file_of_the_operator_serves():
    places = discover(ME, TRUST, dns([], []), file())

    assert (places.imap.host, places.imap.port) == ("mail.mssante.fr", 143)
    assert (places.smtp.host, places.smtp.port) == ("mail.mssante.fr", 587)


@pytest.mark.parametrize(
    "fetch",
    [file("mail.evil.example"), file(secure="plain"), file(secure="SSL"), lambda at: b"<no"],
)
def test_a_file_that_cannot_be_believed_gives_nothing(fetch):
    with pytest.raises(UserFacingError):
        discover(ME, TRUST, dns([], []), fetch)
