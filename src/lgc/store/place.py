"""What a folder holds of a practice, told before anything opens it. Nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

from lgc.domain.workstation import Trial, Verdict

KEYS, DATABASE = "vault.json", "practice.db"


def try_folder(setting: str) -> Trial:
    """``setting`` is the path of the practice's folder."""
    folder = Path(setting).expanduser()
    try:
        if not folder.exists():
            return _to_be_made(folder)
        if not folder.is_dir():
            return Trial(Verdict.BAD, "Ce n’est pas un dossier.")
        keys, database = (folder / KEYS).is_file(), (folder / DATABASE).is_file()
        empty = next(folder.iterdir(), None) is None
    except OSError:
        return Trial(Verdict.BAD, "Ce dossier ne s’ouvre pas : vérifiez vos droits.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Trial(Verdict.BAD, "Ce dossier n’est pas accessible en écriture.")
    if keys != database:
        lost = f"le fichier {DATABASE} manque" if keys else f"le fichier {KEYS} manque"
        return Trial(Verdict.BAD, f"Un cabinet est ici, mais {lost} : remettez une sauvegarde.")
    if keys:
        return Trial(Verdict.GOOD, "Un cabinet est dans ce dossier.")
    if empty:
        return Trial(Verdict.DOUBTFUL, "Dossier vide : la première carte y créera un cabinet.")
    return Trial(Verdict.DOUBTFUL, "Aucun cabinet dans ce dossier : la première carte le créera.")


def _to_be_made(folder: Path) -> Trial:
    above = next((parent for parent in folder.parents if parent.exists()), None)
    if above is None or not os.access(above, os.W_OK | os.X_OK):
        return Trial(Verdict.BAD, "Ce dossier n’existe pas et ne peut pas être créé.")
    return Trial(Verdict.DOUBTFUL, "Ce dossier sera créé, avec un nouveau cabinet.")
