"""Our own checks of a document made here or received, written from cda-vsm §1 to §4.

Not the official schematrons (those judge us in the tests): what the application can tell the
doctor in one sentence, with the place and what to do.
"""

from __future__ import annotations

from lgc.cda import (
    check_body,
    check_codes,
    check_header,
    check_kinds,
    check_people,
    check_structure,
    check_types,
)
from lgc.cda.finding import Finding
from lgc.cda.source import load
from lgc.errors import UnreadableInput

__all__ = ["Finding", "check"]

MAX_FINDINGS = 500
CHECKS = (
    *check_header.CHECKS,
    *check_people.CHECKS,
    check_types.everywhere,
    *check_structure.CHECKS,
    *check_body.CHECKS,
    *check_codes.CHECKS,
    *check_kinds.CHECKS,
)


def check(data: bytes) -> tuple[Finding, ...]:
    """Everything found, errors first, in the order of the document; empty when all is well.

    The same thing said twice of one place is said once; beyond ``MAX_FINDINGS`` nothing is added.
    """
    try:
        document = load(data)
    except UnreadableInput as refusal:
        return (Finding("error", refusal.sentence, refusal.advice),)
    found: dict[Finding, None] = {}
    for one in CHECKS:
        for finding in one(document):
            found[finding] = None
            if len(found) >= MAX_FINDINGS:
                break
    return tuple(sorted(found, key=lambda finding: (finding.level, finding.line)))
