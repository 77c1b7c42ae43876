"""Kinds of documents: what we write is declared, what we receive is recognised."""

import pytest

from lgc.cda import kinds
from lgc.domain.documents import DocumentKind
from lgc.terminology.value_sets import value_set

LOINC = "2.16.840.1.113883.6.1"


def test_the_vsm_is_declared_as_the_dmp_wants_it():
    vsm = kinds.by_name("vsm")

    assert (vsm.type.code, vsm.type.system) == ("SYNTH", "1.2.250.1.213.1.1.4.12")
    assert vsm.document_kind is DocumentKind.VSM
    assert {"n1", "vsm", "consultation"} <= {kind.name for kind in kinds.all_kinds()}


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_has_a_type_that_leads_back_to_it(kind):
    code = kinds.type_of(kind)

    assert code.label
    assert kinds.kind_of(code.code, code.system) is kind


def test_every_type_that_is_known_is_of_the_value_set():
    known = value_set("document_type").concepts

    assert set(kinds._KIND_OF_TYPE) <= set(known)


def test_a_type_of_another_system_tells_nothing():
    assert kinds.kind_of("11502-2", "1.2.3") is DocumentKind.OTHER
    assert kinds.kind_of("11502-2", LOINC) is DocumentKind.BIOLOGY
    assert kinds.kind_of("", "") is DocumentKind.OTHER
