"""What one way to the outside says of itself. Pure."""

from __future__ import annotations

import datetime as dt

from lgc.desktop import text
from lgc.services.outside import OutsideLine

NOTHING = "pas encore vérifié"


def lines_of(line: OutsideLine) -> str:
    """« le serveur ne répond pas, 3 essais depuis 09:42. Dernier succès 09:31. »"""
    standing = line.standing
    success = _success(line)
    if standing.reachable is not False:
        asked = standing.reason if standing.reachable is None else ""
        return text.french(asked or success or NOTHING)
    tries = text.count(standing.tries, "essai")
    since = f"{tries} depuis {_at(standing.since)}" if standing.since else tries
    parts = [f"{standing.reason.removesuffix('.')}, {since}."]
    if success:
        parts.append(f"{text.capital(success)}.")
    if line.next_try is not None:
        parts.append(f"Prochain essai {_at(line.next_try)}.")
    return text.french(" ".join(parts))


def _success(line: OutsideLine) -> str:
    standing = line.standing
    if standing.success_at is None:
        return ""
    said = f"dernier succès {_at(standing.success_at)}"
    return f"{said}, {standing.brought}" if standing.brought else said


def waiting_of(line: OutsideLine) -> str:
    return f"{line.waiting} en attente" if line.waiting else ""


def _at(moment: dt.datetime) -> str:
    return text.time(text.local(moment))
