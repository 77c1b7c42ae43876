"""The metadata of a document, for the registry of the DMP and for archives (dmp.md §5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lgc_sandbox.documents.cda import SPECIALITIES, TYPES, kind_of, system_of

FORMATS = {"biology": "urn:ihe:lab:xd-lab:2008", "vsm": "urn:asip:ci-sis:vsm:2012"}
UNSTRUCTURED = "urn:ihe:iti:xds-sd:pdf:2008"
CLASSES = {"imaging": "31", "vsm": "11"}
REPORT = "10"


def entry(
    patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime
) -> dict[str, Any]:
    """What ``Registry.deposit`` wants to know. ``written`` is aware."""
    author, organisation = document["author"], document["organisation"]
    kind = kind_of(document)
    code, label = TYPES[kind]
    speciality = ""
    if author.get("speciality"):
        speciality = f"{author['speciality_code']}^{author['speciality']}^{SPECIALITIES}"
    return {
        "title": document["title"],
        "type_code": code,
        "type_system": system_of(kind),
        "type_label": label,
        "class_code": CLASSES.get(kind, REPORT),
        "format_code": FORMATS.get(kind, UNSTRUCTURED),
        "creation_time": written,
        "service_start": written,
        "author_person": f"{author['national_id']}^{author['family_name']}"
        f"^{author['given_name']}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
        "author_specialty": speciality,
        "author_institution": f"{organisation['name']}^^^^^&1.2.250.1.71.4.2.2&ISO"
        f"^IDNST^^^{organisation['id']}",
        "confidentiality": [document["confidentiality"]],
        "patient_info": patient_info(patient),
    }


def patient_info(patient: Mapping[str, Any]) -> list[str]:
    """Values of sourcePatientInfo: birth name, used name when there is one, birth date, sex."""
    given = patient["birth_given_names"][0]
    names = [f"PID-5|{patient['birth_name']}^{given}^^^^^L"]
    if patient["used_name"]:
        names.append(f"PID-5|{patient['used_name']}^{given}^^^^^D")
    born = patient["birth_date"].replace("-", "")
    return [*names, f"PID-7|{born}", f"PID-8|{patient['sex']}"]
