"""The white list: a recipient whose domain is not there is not MSSanté."""

import pytest

from lgc.mssante.white_list import WhiteList

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
