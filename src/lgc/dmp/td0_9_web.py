"""TD0.9: addresses of the DMP's web access, opened in the system's browser (dmp.md §4.8).

The site asks for the card itself, and for the doctor's confirmation where an authorisation is
missing.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from lgc.domain.dmp import WebPage
from lgc.domain.identity import QualifiedIns
from lgc.errors import UserFacingError

WITHOUT_PATIENT = (WebPage.SETTINGS,)
PATIENT_OPTIONAL = (WebPage.DASHBOARD,)


def address(base: str, page: WebPage, ins: QualifiedIns | None = None) -> str:
    """``https://…/AccesDirect/page[/INS]``; ``base`` comes from the settings.

    Raises UserFacingError when no safe address is set, ValueError without a needed patient.
    """
    parts = urlsplit(base)
    if parts.scheme != "https" or not parts.hostname:
        raise UserFacingError(
            "L’adresse de l’accès Web du DMP n’est pas réglée.",
            advice="Indiquez-la dans les réglages.",
        )
    root = base.rstrip("/").removesuffix("/AccesDirect") + f"/AccesDirect/{page.value}"
    if page in WITHOUT_PATIENT:
        return root
    if ins is None:
        if page not in PATIENT_OPTIONAL:
            raise ValueError(page)
        return root
    return f"{root}/{quote(ins.ins.matricule, safe='')}"
