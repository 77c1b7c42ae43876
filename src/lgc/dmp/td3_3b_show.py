"""TD3.3b: make a document visible to the patient, or to a minor's guardians (dmp.md §8)."""

from __future__ import annotations

from lgc.dmp import updating
from lgc.dmp.link import DmpLink
from lgc.dmp.updating import Change
from lgc.domain.documents import Confidentiality

PATIENT = Confidentiality.INVISIBLE_TO_PATIENT.value
GUARDIANS = Confidentiality.INVISIBLE_TO_GUARDIANS.value


def show_to_patient(link: DmpLink, change: Change) -> None:
    """After the announcement (§5.6): the patient sees it from now on."""
    updating.change_confidentiality(link, "td3_3b", change, without=PATIENT)


def show_to_guardians(link: DmpLink, change: Change) -> None:
    """The minor agrees that the parents see it."""
    updating.change_confidentiality(link, "td3_3b", change, without=GUARDIANS)
