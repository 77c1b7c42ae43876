"""What was compared with the allergies of a record, and what could not be, as loudly."""

from __future__ import annotations

from collections.abc import Sequence

from lgc.desktop import text
from lgc.services.comparing import Alert, Comparison

NO_AID = "Ce n’est pas un logiciel d’aide à la prescription certifié."


def met(alert: Alert) -> str:
    """« Amoxicilline : Allergie : Pénicilline (urticaire) · du groupe… » on one line."""
    return f"{alert.label} : {alert.fact} · {alert.why}"


def coverage(found: Comparison) -> tuple[str, str]:
    """(tone, words): how many lines were compared and what was not; never « aucun risque »."""
    if found.absent and not found.known:
        return "text.muted", f"Aucune allergie connue : rien à comparer. {NO_AID}"
    if not found.known:
        return "warn", f"Allergies non renseignées : aucune ligne n’a pu être comparée. {NO_AID}"
    lines = text.count(found.lines, "ligne", "lignes")
    done = "comparée" if found.compared == 1 else "comparées"
    words = [f"{found.compared} sur {lines} {done} aux allergies du dossier."]
    if found.unread_lines:
        words.append(f"Non comparé : {_listed(found.unread_lines)} (composition inconnue).")
    if found.unread_allergies:
        words.append(
            f"Non comparé à : {_listed(found.unread_allergies)} (aucun médicament reconnu)."
        )
    whole = not found.unread_lines and not found.unread_allergies
    return "text.muted" if whole else "warn", " ".join((*words, NO_AID))


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"« {one} »" for one in dict.fromkeys(words))
