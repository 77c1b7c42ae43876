"""TD3.3a: mask a document to professionals, or unmask it (dmp.md §8)."""

from __future__ import annotations

from lgc.dmp import updating
from lgc.dmp.link import DmpLink
from lgc.dmp.updating import Change
from lgc.domain.documents import Confidentiality
from lgc.xds.codes import DOCTOR_CHOICE

MASKED = Confidentiality.MASKED_TO_PROFESSIONALS


def mask(link: DmpLink, change: Change) -> None:
    """Only its author, the médecin traitant and the patient see it then."""
    added = DOCTOR_CHOICE[MASKED]
    updating.change_confidentiality(link, "td3_3a", change, added=added)


def unmask(link: DmpLink, change: Change) -> None:
    """Every authorised professional sees it again."""
    updating.change_confidentiality(link, "td3_3a", change, without=MASKED.value)
