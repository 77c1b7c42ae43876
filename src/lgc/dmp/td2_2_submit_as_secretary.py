"""TD2.2: feed a DMP with a CPE card, for the secretary of a private practice (dmp.md §4).

The same message as TD2.1: the CDA keeps its author, the submission set and the VIHF name the
holder of the card.
"""

from __future__ import annotations

from lgc.dmp import td2_1_submit
from lgc.dmp.link import DmpLink
from lgc.domain.deliveries import Outcome
from lgc.domain.professionals import CardHolder
from lgc.xds.metadata import SubmissionRequest

# ADELI and RPPS numbers are those of professionals; a CPE's holder has another prefix (§3.3).
PROFESSIONALS = ("0", "8")


def is_secretary(holder: CardHolder) -> bool:
    """Whether this card is a CPE."""
    return holder.national_id[:1] not in PROFESSIONALS


def submit(link: DmpLink, request: SubmissionRequest) -> Outcome:
    """As ``td2_1_submit.submit``, in the name of the card's holder."""
    return td2_1_submit.send(link, "td2_2", request, link.author)
