"""The two menus of the DMP: of the patient's banner, and of one document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from lgc.desktop import text
from lgc.desktop.components.menus import show_menu
from lgc.desktop.dmp import words
from lgc.desktop.dmp.words import Question, about
from lgc.desktop.theme import current
from lgc.domain.dmp import DocumentAction
from lgc.domain.patients import DmpAccess
from lgc.services.acting_dmp import Offers, PossibleAction
from lgc.services.views import PatientView

OPEN = (DmpAccess.AUTHORISED, DmpAccess.TO_AUTHORISE, DmpAccess.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a menu; ``why_not`` greys it and says why."""

    key: str
    words: str
    glyph: str
    why_not: str = ""


def of_patient(patient: PatientView, offers: Offers, *, special: bool) -> list[Line | None]:
    """What the doctor may do with this DMP as it stands; None is a rule between two groups.

    ``special`` when an access mode other than the ordinary one is open for this record.
    """
    mine = patient.dmp is DmpAccess.AUTHORISED
    opens = offers.creation
    rights = [
        *([_asked("create", words.CREATE)] if opens and patient.dmp is DmpAccess.NONE else []),
        *(
            [_asked("reactivate", words.REACTIVATE)]
            if opens and patient.dmp is DmpAccess.CLOSED
            else []
        ),
        *([_asked("authorise", words.AUTHORISE)] if patient.dmp is DmpAccess.TO_AUTHORISE else []),
        *([_asked("attending", words.BECOME_ATTENDING)] if mine and not patient.attended else []),
        *([_asked("not_attending", words.STOP_ATTENDING)] if mine and patient.attended else []),
        *([_asked("withdraw", words.WITHDRAW)] if mine else []),
    ]
    looks = [
        Line("check", "Vérifier l’état du DMP", "ri.refresh-line"),
        *([Line("professionals", "Professionnels autorisés", "ri.group-line")] if mine else []),
        *(
            [Line("archives", "Chercher aussi dans les archives", "ri.archive-line")]
            if mine
            else []
        ),
        *(
            [Line("web", "Ouvrir l’accès Web du DMP", "ri.global-line")]
            if patient.dmp in OPEN
            else []
        ),
    ]
    modes = [
        *(
            [_asked("glass", words.BREAK_GLASS)]
            if patient.dmp is DmpAccess.TO_AUTHORISE and not special
            else []
        ),
        *(
            [_asked("regulation", words.REGULATION)]
            if offers.regulation and patient.dmp in OPEN and not special
            else []
        ),
        *([_asked("secret", words.SECRET)] if offers.secret and patient.dmp in OPEN else []),
        *([Line("oppositions", "Oppositions en urgence…", "ri.shield-user-line")] if mine else []),
        *([_asked("close", words.CLOSE)] if mine else []),
    ]
    groups: list[list[Line]] = [group for group in (rights, looks, modes) if group]
    lines: list[Line | None] = []
    for group in groups:
        lines += [*([None] if lines else []), *group]
    return lines


def of_document(possible: Sequence[PossibleAction], patient: PatientView) -> list[Line | None]:
    """Actions on one document, greyed as the rights table says; deleting stands apart."""
    made: list[Line | None] = []
    for one in possible:
        question = words.DOCUMENT[one.action]
        line = Line(one.action.value, f"{question.title}…", question.glyph, one.why_not)
        if one.action is DocumentAction.DELETE and made:
            made.append(None)
        made.append(Line(line.key, about(line.words, patient), line.glyph, line.why_not))
    return made


def show(
    parent: QWidget, lines: Sequence[Line | None], where: QPoint, chosen: Callable[[str], None]
) -> QMenu:
    """Pop the menu up; ``chosen`` gets the key of the line that was taken."""
    menu = QMenu(parent)
    menu.setObjectName("dmpMenu")
    menu.setToolTipsVisible(True)
    for line in lines:
        if line is None:
            menu.addSeparator()
            continue
        shown = f"{line.words}  –  {line.why_not}" if line.why_not else line.words
        item = menu.addAction(text.french(shown))
        item.setObjectName(line.key)
        item.setIcon(current().icons.icon(line.glyph, "text.muted"))
        item.setEnabled(not line.why_not)
        item.triggered.connect(lambda checked=False, key=line.key: chosen(key))
    menu.aboutToHide.connect(menu.deleteLater)
    show_menu(menu, where)
    return menu


def _asked(key: str, question: Question) -> Line:
    return Line(key, f"{question.title}…", question.glyph)
