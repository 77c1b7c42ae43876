"""The guidance attached to a code: an address the practice chose for each code system, or none."""

from __future__ import annotations

from urllib.parse import quote

from lgc.domain.professionals import Coded
from lgc.settings import (
    Setting,
    Settings,
    guidance_ccam,
    guidance_cim10,
    guidance_loinc,
    guidance_medicines,
)
from lgc.terminology import code_systems

OF_SYSTEM: dict[str, Setting[str]] = {
    code_systems.CIM_10: guidance_cim10,
    code_systems.CCAM: guidance_ccam,
    code_systems.LOINC: guidance_loinc,
    code_systems.CIS: guidance_medicines,
    code_systems.ATC: guidance_medicines,
}


def address(settings: Settings, code: Coded | None) -> str:
    """The page about ``code``, its place holders filled and quoted; empty when none was chosen.

    Only web addresses are opened: anything else a template may begin with is no guidance.
    """
    setting = OF_SYSTEM.get(code.system) if code is not None else None
    template = settings[setting].strip() if setting is not None else ""
    if code is None or not template.startswith(("https://", "http://")):
        return ""
    filled = template.replace("{code}", quote(code.code, safe=""))
    return filled.replace("{label}", quote(code.label, safe=""))


def any_chosen(settings: Settings) -> bool:
    """Is there anything to offer at all?"""
    return any(settings[setting].strip() for setting in OF_SYSTEM.values())
