"""The rights matrix of the sandbox, cell by cell (dmp.md §4)."""

from types import SimpleNamespace

import pytest
from lxml import etree

from lgc_sandbox.dmp import rights, rim
from lgc_sandbox.dmp.answers import Refused
from lgc_sandbox.dmp.registry import FORBIDDEN, VALID, Authorisation, Entry
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.vihf import Patient, User

MODES = ("normal", "bris_de_glace", "centre_15")
ME, OTHER = "899700057294", "899700059786"
# Action → modes allowed to the author, to the MT on another's document, to anybody authorised.
MATRIX = {
    "mask": ("N", "N", "N"),
    "unmask": ("N", "N", ""),
    "show": ("N", "N", "N"),
    "delete": ("NBR", "", ""),
    "archive": ("N", "NB", ""),
}
LETTERS = dict(zip("NBR", MODES, strict=True))
SINGLE = {
    "td0.3": "N",
    "td0.5": "R",
    "td1.1": "N",
    "td1.2": "N",
    "td1.3b": "N",
    "td1.4": "N",
    "td1.6": "N",
}


def user(mode="normal", national_id=ME):
    return User(national_id, "M", "P", "SM26", "499700057294007", Patient("1", "1.2"), mode, "_1")


def entry(author=ME, class_code="10"):
    node = etree.Element(f"{{{rim.NS['rim']}}}ExtrinsicObject")
    node.set("id", "urn:uuid:1")
    person = f"{author}^M^P^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    rim.add_author(
        node, rim.AUTHOR, {"authorPerson": person, "authorInstitution": "C^^^^^&1&ISO^I^^^1"}
    )
    rim.add_coded(node, rim.CLASS, class_code, "1.2", "x")
    return Entry("urn:uuid:1", "1.2.3", "1", rim.APPROVED, RimObject(node), b"")


def registry(value=VALID, mt=False):
    right = Authorisation(ME, value, mt, "20260101000000") if value else None
    return SimpleNamespace(authorisation=lambda ins, ps: right, wishes=lambda ins: {})


def allowed(action, one, who, store):
    try:
        rights.check_action(action, one, who, store)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("action", MATRIX)
def test_every_cell_of_the_documents(action, mode):
    author, attending, anybody = MATRIX[action]
    who = user(mode)

    assert allowed(action, entry(ME), who, registry()) is (
        mode in [LETTERS[x] for x in author + anybody]
    )
    assert allowed(action, entry(OTHER), who, registry(mt=True)) is (
        mode in [LETTERS[x] for x in attending + anybody]
    )
    assert allowed(action, entry(OTHER), who, registry()) is (mode in [LETTERS[x] for x in anybody])


@pytest.mark.parametrize("action", MATRIX)
def test_the_documents_of_the_patient_are_for_the_attending_doctor(action):
    theirs = entry(OTHER, "90")

    assert not allowed(action, theirs, user(), registry())
    assert allowed(action, theirs, user(), registry(mt=True)) is (action != "delete")


@pytest.mark.parametrize("action", MATRIX)
def test_somebody_forbidden_may_do_nothing(action):
    assert not allowed(action, entry(ME), user(), registry(FORBIDDEN))


def test_only_deleting_needs_no_right_to_read():
    found = {action for action in MATRIX if allowed(action, entry(ME), user(), registry(""))}

    assert found == {"delete"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", rights.TRANSACTIONS)
def test_every_transaction_has_its_modes(name, mode):
    wanted = [LETTERS[x] for x in SINGLE.get(name, "NBR")]

    if mode in wanted:
        rights.check(name, user(mode))
    else:
        with pytest.raises(Refused):
            rights.check(name, user(mode))


@pytest.mark.parametrize("name", ["td0.5", "td1.6", "td3.2"])
def test_a_secretary_reads_nothing(name):
    mode = "centre_15" if name == "td0.5" else "normal"

    with pytest.raises(Refused, match="CPE"):
        rights.check(name, user(mode, "699700057294/0001"))
