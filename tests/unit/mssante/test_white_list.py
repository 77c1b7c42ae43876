"""The white list: a recipient whose domain is not there is not MSSanté."""

import datetime as dt
import tomllib

import pytest

from lgc import settings as declared
from lgc.domain.workstation import Verdict
from lgc.mssante.white_list import WhiteList, try_white_list
from lgc.paths import bundled
from lgc.services.workstation import DECLARED

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<Liste xmlns="https://listeblanche.mssante.fr/schema"><Domaines>
<Domaine><Nom>medecin.mssante.example</Nom></Domaine>
<Domaine><Nom> hôpital.mssante.example </Nom></Domaine></Domaines></Liste>"""


class File:
    """A file without a disk."""

    def __init__(self, content):
        self._content = content

    def is_file(self):
        return True

    def stat(self):
        return type("Stat", (), {"st_size": len(self._content)})

    def read_bytes(self):
        return self._content


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("a@medecin.mssante.example", True),
        ("a@MEDECIN.mssante.example.", True),
        ("a@hôpital.mssante.example", True),
        ("a@xn--hpital-ixa.mssante.example", True),
        ("a@mssante.example", False),
        ("a@evil-medecin.mssante.example", False),
        ("nobody", False),
    ],
)
def test_only_listed_domains_are_mssante(address, listed):
    assert WhiteList(File(LIST.encode())).holds(address) is listed


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"]
)
def test_without_a_list_nothing_is_known(content):
    assert WhiteList(File(content)).holds("a@medecin.mssante.example") is None


def test_no_file_is_no_list():
    assert WhiteList(None).holds("a@medecin.mssante.example") is None


@pytest.mark.parametrize(
    "address", ["a@gmail.com", "a@ORANGE.fr.", "a@mail.free.fr", "a@outlook.com"]
)
def test_mail_of_the_general_public_is_never_mssante(address):
    assert WhiteList(None).holds(address) is False


@pytest.mark.parametrize(
    "address", ["a@orange.mssante.fr", "a@notgmail.com", "a@gmail.com.mssante.fr"]
)
def test_without_a_list_nothing_is_known_of_the_others(address):
    assert WhiteList(None).holds(address) is None


def test_the_file_says_where_it_comes_from():
    told = tomllib.loads((bundled("resources") / "mssante" / "public_providers.toml").read_text())

    assert told["source"] == "liste du projet"
    assert isinstance(told["made_on"], dt.date)
    assert told["domains"] == [one.lower() for one in told["domains"]]
    assert len(set(told["domains"])) == len(told["domains"])


def test_the_post_asks_for_the_list(tmp_path):
    (tmp_path / "list.xml").write_text(LIST, "utf-8")
    (tmp_path / "other.xml").write_text("<a/>", "utf-8")

    assert try_white_list("").verdict is Verdict.DOUBTFUL
    assert try_white_list(str(tmp_path / "other.xml")).verdict is Verdict.BAD
    assert try_white_list(str(tmp_path / "list.xml")).words.startswith("2 domaines")
    assert declared.mail_white_list in DECLARED
