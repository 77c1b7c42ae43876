"""« Réglages du poste »: what the PIN window needs, tried and changed before any session.

Behind the PIN stand the other settings; these open the door to it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lgc.domain.workstation import Trial, Verdict
from lgc.errors import UserFacingError
from lgc.setting_values import path, required
from lgc.settings import (
    Setting,
    Settings,
    card_module,
    card_trust,
    mail_white_list,
    revocation_folder,
    time_zone,
    tls_revocation,
    tls_versions,
)

folder = Setting(
    "post.folder",
    "",
    "Dossier du cabinet",
    "Où vivent la base chiffrée, ses clés et ses réglages.",
    takes=required(path),
    disk="",
)
DECLARED: tuple[Setting[Any], ...] = (
    card_module,
    card_trust,
    folder,
    tls_versions,
    tls_revocation,
    revocation_folder,
    mail_white_list,
    time_zone,
)
Check = Callable[[str], Trial]
# First version of each branch without CVE-2024-6923 and CVE-2023-27043 of its mail module.
MENDED_MAIL = {(3, 11): 10, (3, 12): 6}


def old_python(version: tuple[int, int, int]) -> tuple[Trial, ...]:
    """A word on a Python whose mail module has known faults; lgc relies on none of them."""
    major, minor, micro = version
    if micro >= MENDED_MAIL.get((major, minor), 0):
        return ()
    mended = f"{major}.{minor}.{MENDED_MAIL[major, minor]}"
    words = (
        f"Python {major}.{minor}.{micro} a des fautes connues (CVE-2024-6923, CVE-2023-27043). "
        f"lgc ne s’y fie pas ; passez à {mended} ou plus récent dès que possible."
    )
    return (Trial(Verdict.DOUBTFUL, words),)


class Workstation:
    """Runs in workers. ``checks`` by key of setting; ``move`` keeps the choice of the folder.

    Without ``move`` the folder was given at the start and is only shown.
    """

    def __init__(
        self,
        place: Path,
        checks: Mapping[str, Check],
        move: Callable[[Path], None] | None = None,
    ) -> None:
        self._place, self._checks, self._move = place, checks, move

    @property
    def movable(self) -> bool:
        """Can another folder be chosen here?"""
        return self._move is not None

    def values(self) -> dict[Setting[Any], Any]:
        """What is in force, as the files say now."""
        kept = self._settings()
        return {one: kept[one] for one in DECLARED if one is not folder} | {
            folder: str(self._place)
        }

    def refusal(self, setting: Setting[Any], value: Any) -> str:
        """Why a value cannot be kept, in French; "" when it can. Looks at the disk."""
        return setting.refusal(value) or setting.missing(value)

    def remarks(self) -> tuple[Trial, ...]:
        """What else should be known of this computer."""
        return old_python(sys.version_info[:3])

    def check(self, setting: Setting[Any], value: Any) -> Trial:
        """Try one value for good: load the module, read the authorities, look into the folder."""
        refused = self.refusal(setting, value)
        if refused:
            return Trial(Verdict.BAD, refused)
        tried = self._checks.get(setting.key)
        return tried(str(value)) if tried is not None else Trial(Verdict.GOOD, "")

    def keep(self, chosen: Mapping[Setting[Any], Any]) -> None:
        """Save what changed; it is in force at the next opening of the door.

        The other values follow to a folder that has no settings yet. Raises UserFacingError when
        one is refused, with the reason, or when the disk refuses: nothing is in force then.
        """
        before = self.values()
        changed = {one: value for one, value in chosen.items() if value != before[one]}
        for setting, value in changed.items():
            found = self.check(setting, value)
            if found.verdict is Verdict.BAD:
                raise UserFacingError(
                    f"« {setting.label} » : {found.words}", advice="Rien n’a été enregistré."
                )
        place = Path(chosen.get(folder, self._place)).expanduser()
        self._save(place, {one: value for one, value in chosen.items() if one is not folder})
        if folder in changed and self._move is not None:
            self._move(place)

    def _save(self, place: Path, chosen: Mapping[Setting[Any], Any]) -> None:
        file = place / "settings.json"
        # A practice that lives there has its own settings: only what was changed here joins them.
        there = Settings(file)
        before = self._settings()
        for setting, value in chosen.items():
            if value != before[setting] or not file.exists():
                there[setting] = value
        there.save()

    def _settings(self) -> Settings:
        return Settings(self._place / "settings.json")
