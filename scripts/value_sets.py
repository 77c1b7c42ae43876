"""Make resources/terminology again from the official value sets (IHE SVS files of the ANS).

    python scripts/value_sets.py FOLDER [--state 2025-10-10]

FOLDER holds the ``jeuxDeValeurs`` of the ANS kit that checks CDA contents. Only the sets that the
application fills in or checks are taken; ``--check`` says which files would change and writes none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

SVS = {"s": "urn:ihe:iti:svs:2008"}
TARGET = Path(__file__).resolve().parents[1] / "resources" / "terminology"

# Our name of a set -> the official sets that it is made of, without their suffix.
SETS: Mapping[str, tuple[str, ...]] = {
    "absent_or_unknown": (
        "jdv-absent-or-unknown-allergy-cisis",
        "jdv-absent-or-unknown-medication-cisis",
    ),
    "administrative_gender": ("JDV_J143_AdministrativeGender_CISIS",),
    "allergy_status": ("jdv-hl7-allergyintolerance-clinical-cisis",),
    "allergy_type": ("jdv-type-evenement-indesirable-previsible-cisis",),
    "author_speciality": ("JDV_J01_XdsAuthorSpecialty_CISIS",),
    "condition_status": ("jdv-hl7-condition-clinical-cisis",),
    "confidentiality": ("JDV_J08_XdsConfidentialityCode_CISIS",),
    "document_type": ("JDV_J07_XdsTypeCode_CISIS",),
    "facility_type": ("JDV_J02_XdsHealthcareFacilityTypeCode_CISIS",),
    "immunization": ("jdv-hl7-v3-ActSubstanceAdministrationImmunizationCode-cisis",),
    "immunization_route": ("jdv-immunization-route-code-cisis",),
    "immunization_site": ("jdv-immunization-approach-site-code-cisis",),
    "kinship": ("jdv-hl7-v3-PersonalRelationshipRoleType-cisis",),
    "practice_setting": ("JDV_J04_XdsPracticeSettingCode_CISIS",),
    "problem_type": ("jdv-code-probleme-cisis",),
    "route": ("jdv-route-of-administration-cisis",),
    "severity": ("jdv-severite-observation-cisis",),
    "social_history": ("jdv-social-history-code-cisis",),
    "substitution": ("jdv-hl7-v3-ActSubstanceAdminSubstitutionCode-cisis",),
    "vital_sign": ("jdv-signe-vital-cisis",),
}


def compact(files: list[Path], state: str) -> str:
    """The text of one of our files, made of one or several official ones."""
    sets = [etree.parse(file).getroot().find("s:ValueSet", SVS) for file in files]
    found = [one for one in sets if one is not None]
    if len(found) != len(files):
        raise SystemExit(f"no ValueSet in one of {[file.name for file in files]}")
    names = [(one.get("displayName") or "").removesuffix(".tabs") for one in found]
    head = {
        "name": " + ".join(names),
        "id": " + ".join(one.get("id") or "" for one in found),
        "version": " + ".join(dict.fromkeys(_version(one) for one in found)),
        "source": f"ANS, {' + '.join(names)}, kit de contrôle des contenus CDA, état {state}",
    }
    rows = [
        json.dumps(_row(concept), ensure_ascii=False)
        for one in found
        for concept in one.iterfind(".//s:Concept", SVS)
    ]
    lines = [
        f" {json.dumps(key)}: {json.dumps(text, ensure_ascii=False)}," for key, text in head.items()
    ]
    body = ",\n".join(f"  {row}" for row in rows)
    return "{\n" + "\n".join(lines) + f'\n "concepts": [\n{body}\n ]\n}}\n'


def _version(one: etree._Element) -> str:
    return one.get("version") or one.get("dateMaj") or ""


def _row(concept: etree._Element) -> dict[str, str]:
    return {
        "code": concept.get("code") or "",
        "system": concept.get("codeSystem") or "",
        "label": " ".join((concept.get("displayName") or "").split()),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--state", default="2025-10-10", help="date of the kit")
    parser.add_argument("--check", action="store_true", help="write nothing")
    chosen = parser.parse_args(arguments)
    changed = 0
    for name, officials in SETS.items():
        text = compact([chosen.folder / f"{one}.xml" for one in officials], chosen.state)
        file = TARGET / f"{name}.json"
        if file.is_file() and file.read_text("utf-8") == text:
            continue
        changed += 1
        print(f"{name}: {text.count(chr(10)) - 8} concepts")
        if not chosen.check:
            file.write_text(text, "utf-8")
    return 1 if chosen.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
