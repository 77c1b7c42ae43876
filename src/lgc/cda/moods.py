"""Whether an entry of a document says a thing that was, or one that was only spoken of.

``moodCode`` (HL7 ActMood) and ``statusCode`` (ActStatus) decide, of the entry and of what holds
it. What was entered by mistake (nullified) or replaced (obsolete) says nothing.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from lgc.cda.names import tag
from lgc.cda.values import attribute
from lgc.domain.medical_data import MedicalEntry, Standing

EVENT, REQUEST = "EVN", "RQO"
WITHDRAWN = frozenset(("nullified", "obsolete"))
NEVER = frozenset(("cancelled", "aborted"))
WAITING = frozenset(("held", "suspended", "new"))
SUSPENDED = "Traitement suspendu"
AT_ADMISSION = "Traitement à l’admission"


def standing_of(node: etree._Element) -> Standing | None:
    """What an act or a vaccination says of itself; None when it says nothing any more."""
    status = attribute(node, "h:statusCode", "code")
    mood = node.get("moodCode") or EVENT
    if status in WITHDRAWN:
        return None
    if status in NEVER:
        return Standing.NOT_DONE
    if mood != EVENT:
        return Standing.ORDERED if mood == REQUEST else Standing.PLANNED
    return Standing.PLANNED if status in WAITING else Standing.FACT


def is_event(node: etree._Element) -> bool:
    """Was it so? An objective, a measure cancelled, a problem entered by mistake were not."""
    if standing_of(node) is not Standing.FACT:
        return False
    for holder in node.iterancestors(tag("act"), tag("organizer")):
        gone = attribute(holder, "h:statusCode", "code") in WITHDRAWN | {"cancelled"}
        if gone or (holder.get("moodCode") or EVENT) != EVENT:
            return False
    return True


def treated(entry: MedicalEntry, node: etree._Element) -> MedicalEntry | None:
    """A treatment with its state. One that is prescribed (``INT``) is one; one that was
    cancelled never was, stopped or suspended is not under way; None says nothing any more."""
    status = attribute(node, "h:statusCode", "code")
    if status in WITHDRAWN:
        return None
    if status == "cancelled":
        return replace(entry, standing=Standing.NOT_DONE)
    if status == "aborted":
        return replace(entry, active=False)
    return remarked(replace(entry, active=False), SUSPENDED) if status in WAITING else entry


def remarked(entry: MedicalEntry, words: str) -> MedicalEntry:
    """With one more remark."""
    return replace(entry, note=f"{entry.note} · {words}" if entry.note else words)
