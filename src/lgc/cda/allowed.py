"""What a document may say otherwise than the record: the whole list.

The read-back before a send and the tests that hold documents against records go by it;
``tests/truth/ALLOWED.md`` tells it.
"""

from __future__ import annotations

from enum import StrEnum


class Allowed(StrEnum):
    """One rule each. ``french`` is what the doctor reads of those that are shown to him."""

    PAST_CHRONIC = (
        "A chronic condition that is over stands among the history: « pathologies actives » takes "
        "no other."
    )
    LEFT_OUT = (
        "A treatment that is over is in no document; a measurement that was taken back neither."
    )
    ONE_SECTION = (
        "Long-term and current treatments share a section: the caption of the table tells them "
        "apart, no code does."
    )
    WORDS_ALONE = "Points of vigilance, and exposures at work without a code, are words only."
    SINGLE_TIME = (
        "The end of a vaccination, and that it is over, are words only: the profile takes one time."
    )
    NEVER_CAME = (
        "An end that lies ahead of what is over already is in the words, not in the code: it "
        "never came."
    )
    SUBJECT_CODE = (
        "The code that only asks about a subject (tobacco 74011-8…) is no code of the line."
    )
    BARE_NO = (
        "« Non » to inactivity and to other risks is words only: their codes ask something else."
    )
    CHANGED_SINCE = (
        "What the record changed since a document was made stands in it as it was: shown before "
        "it leaves."
    )
    OWN_ACT = (
        "What a document itself orders or gives (the drugs of a prescription, the vaccine of a "
        "note) is no line of the record."
    )
    SOMEBODY_ELSES = "What somebody else wrote says what its author knew: shown before it leaves."

    @property
    def french(self) -> str:
        return {
            Allowed.CHANGED_SINCE: "Le dossier a changé depuis",
            Allowed.SOMEBODY_ELSES: "Son auteur dit autre chose que le dossier",
        }.get(self, "")
