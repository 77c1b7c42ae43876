"""What contradicts a stated absence is asked once: added, it takes the absence back with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.record.medical.words import PLACES
from lgc.domain.medical_data import KnownAbsence


class AbsenceQuestion(Dialog):
    """``add`` is called when the doctor settles it; else nothing changed and ``kept`` is called."""

    def __init__(
        self,
        parent: QWidget,
        absence: KnownAbsence,
        words: str,
        add: Callable[[], None],
        kept: Callable[[], None],
    ) -> None:
        place = PLACES[absence.family]
        super().__init__(parent, f"{place.title} : absence connue", glyph=place.glyph, width=520)
        self._add, self._kept, self._settled = add, kept, False
        by = f" par {absence.stated_by}" if absence.stated_by.strip() else ""
        said = (
            f"Le dossier dit qu’il n’y en a pas (noté le {text.date(absence.stated_at)}{by}). "
            f"Ajouter « {words} » retire cette absence ; l’annulation la rétablit."
        )
        self.body.addWidget(label(text.french(said), "base", wrap=True))
        self.back_button = self.add_cancel("Ne rien ajouter")
        settle = action(self, "Ajouter et retirer l’absence", self._settle, "Alt+A")
        self.add_it = self.add_button(Button("", "primary", action=settle, height=32))
        self.closed.connect(self._left)

    def _settle(self) -> None:
        self._settled = True
        self.dismiss()
        self._add()

    def _left(self) -> None:
        if not self._settled:
            self._kept()
