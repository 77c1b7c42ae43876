"""What a setting may hold: each check gives the reason of its refusal in French, "" when taken.

Shapes only: whether a file is really there is asked when it is chosen, never when it is read (a
network drive may come back). Standard library only.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

Check = Callable[[str], str]
LONGEST = 2_000
# UUID arcs (ITU-T X.667) have numbers of 39 digits; an identifier has 64 characters at most.
_OID = re.compile(r"(?=.{3,64}\Z)[0-2](\.(0|[1-9][0-9]{0,38}))+")
_HOST = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?"
)
_HOUR = re.compile(
    r"(\d{1,2})(?:\s*(?:[:.,h\s]|heures?)\s*(\d{2})?(?:\s*(?:min|mn))?)?|(\d{1,2})(\d{2})",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^\s@<>,;:\"()\\]{1,64}@[^\s@<>,;:\"()\\]{1,253}")
_CONTROL = ("Cc", "Cs", "Zl", "Zp")


def line(value: str) -> str:
    """One line of text."""
    if any(unicodedata.category(letter) in _CONTROL for letter in value):
        return "Une seule ligne, sans caractère de commande."
    return "" if len(value) <= LONGEST else f"Au plus {LONGEST} caractères."


def paragraph(value: str) -> str:
    """Text of several lines."""
    return line(value.replace("\n", " ").replace("\t", " "))


def between(least: int, most: int, *, or_zero: bool = False) -> Callable[[int], str]:
    """A whole number within its bounds; 0 besides, where it switches something off."""

    def check(value: int) -> str:
        if least <= value <= most or (or_zero and value == 0):
            return ""
        return f"Un nombre de {least} à {most}{' ; 0 : jamais' if or_zero else ''}."

    return check


port = between(1, 65_535)


def required(check: Check) -> Check:
    """What may not be left empty."""
    return lambda value: check(value) if value else "Ce réglage ne peut pas être vide."


def optional(check: Check) -> Check:
    """Empty stands for « none »."""
    return lambda value: check(value) if value else ""


def zone(value: str) -> str:
    """A time zone of the IANA table."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return (
            "Ce n’est pas un fuseau horaire : écrivez par exemple Indian/Reunion ou"
            " America/Guadeloupe."
        )
    return ""


def hour_of(words: str) -> time | None:
    """A time as a doctor types it (``8``, ``8h``, ``8:30``, ``08h30``, ``8 30``, ``830``); None
    for anything else."""
    found = _HOUR.fullmatch(words.strip())
    if found is None:
        return None
    try:
        return time(int(found[1] or found[3]), int(found[2] or found[4] or 0))
    except ValueError:
        return None


def hour(value: str) -> str:
    """An hour of the day, however it is spelled."""
    return "Écrivez l’heure ainsi : 08:00." if hour_of(value) is None else ""


def oid(value: str) -> str:
    """A plain object identifier, 64 characters at most."""
    if _OID.fullmatch(value):
        return ""
    return "Un OID est fait de nombres séparés par des points, 64 caractères au plus."


def address(value: str) -> str:
    """An https address with a host (loopback may be plain http)."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "Cette adresse n’est pas lisible."
    if line(value) or " " in value or not host:
        return "Écrivez l’adresse entière, de https:// à la fin, sans espace."
    if parts.username is not None:
        return "Une adresse ne porte ni nom ni mot de passe."
    local = host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "https" or (parts.scheme == "http" and local):
        return ""
    return "L’adresse doit commencer par https://."


def proxy(value: str) -> str:
    """Where exchanges go through: ``http://host:port``, nothing secret in it."""
    try:
        parts = urlsplit(value)
        name, number = parts.hostname or "", parts.port
    except ValueError:
        return "Cette adresse n’est pas lisible."
    if parts.username is not None:
        return "Une adresse ne porte ni nom ni mot de passe."
    rest = parts.path.rstrip("/") or parts.query or parts.fragment
    if parts.scheme != "http" or number is None or rest or host(name):
        return "Écrivez l’adresse ainsi : http://serveur:port."
    return ""


def list_address(value: str) -> str:
    """Where a signed list is fetched: authorities publish theirs by plain http too."""
    return address(
        value.replace("http://", "https://", 1) if value.startswith("http://") else value
    )


def page(value: str) -> str:
    """An address in which {code} and {label} are replaced."""
    return address(value.replace("{code}", "x").replace("{label}", "x"))


def each(check: Check) -> Check:
    """Several, separated by blanks: the first refusal, naming what it is about."""

    def every(value: str) -> str:
        wrong = ((one, check(one)) for one in value.split())
        return next((f"« {one} » : {why}" for one, why in wrong if why), "")

    return every


def host(value: str) -> str:
    """The name or the number of a server, without a scheme or a port."""
    if _HOST.fullmatch(value.lower()):
        return ""
    return "Le nom du serveur seul, sans https:// ni port : par exemple smtp.operateur.mssante.fr."


def mail(value: str) -> str:
    """One mail address."""
    return "" if _MAIL.fullmatch(value) else "Une adresse s’écrit nom@domaine."


def path(value: str) -> str:
    """Where a file or a folder is, whole."""
    if line(value):
        return line(value)
    return "" if Path(value).expanduser().is_absolute() else "Indiquez le chemin entier."


def missing(value: str, kind: str) -> str:
    """Why a chosen ``kind`` (``file`` or ``folder``) cannot be taken now. Looks at the disk."""
    chosen = Path(value).expanduser()
    try:
        found = chosen.is_file() if kind == "file" else chosen.is_dir()
    except (OSError, ValueError):
        found = False
    if found:
        return ""
    return "Ce fichier n’existe pas." if kind == "file" else "Ce dossier n’existe pas."
