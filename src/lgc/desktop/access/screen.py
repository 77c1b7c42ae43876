"""The access screen: one card in the centre, three steps, a notice that changes, one field.

It also is the lock: the same screen over the living windows, until the same card comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.access import view as views
from lgc.desktop.access.parts import Choice, HolderCard, RecoveryCode
from lgc.desktop.access.view import AccessView, Door, Opened, Stage
from lgc.desktop.access.watch import CardWatch
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Card
from lgc.desktop.components.fields import PinField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label, retone
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.rail import Mark
from lgc.desktop.components.steps import Steps, Tries
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import CardGone, CardPresence, CardState, LastTry
from lgc.domain.professionals import CardHolder, PlaceOfPractice, Practitioner
from lgc.errors import Cancelled, UserFacingError
from lgc.services.access import UnknownCard

# What Enter does, where it is not to open a session.
GO = {
    Stage.PLACE: "Exercer ici",
    Stage.HOLDER: "C’est moi",
    Stage.RECOVERY_CODE: "Continuer",
    Stage.UNKNOWN_CARD: "Ajouter ma carte",
    Stage.WITHOUT_CARD: "Ouvrir sans carte",
}
ASKS_KEY = (Stage.UNKNOWN_CARD, Stage.WITHOUT_CARD)
LEAVES = (Stage.PLACE, Stage.HOLDER, *ASKS_KEY)


class AccessScreen(QWidget):
    """``entered`` carries (Opened, Practitioner, same session) once everything is chosen.

    ``unexpected`` carries an error this screen has no sentence for.
    """

    entered = Signal(object, object)
    unexpected = Signal(object)
    help_asked = Signal()
    post_asked = Signal()

    def __init__(
        self,
        door: Door,
        tasks: Tasks,
        watch: CardWatch,
        *,
        practice: str = "",
        problems: Sequence[str] = (),
    ) -> None:
        """``problems`` are sentences about the settings, to be seen before anything is opened."""
        super().__init__()
        self._problems = tuple(problems)
        self._door, self._tasks, self._watch = door, tasks, watch
        self._opened: Opened | None = None
        self._fixed: AccessView | None = None
        self._problem: UserFacingError | None = None
        self._reading = self._keeping = False
        self._locked_holder: CardHolder | None = None
        self._serial = ""
        # The recovery key is asked, or opened: no card that comes or goes ends that.
        self._without, self._has_practice = False, False
        self.first_start = False
        self.view: AccessView = views.STARTING
        self._build(practice)
        watch.changed.connect(self._card_changed)
        watch.lasts.connect(self._lasts)
        self.refresh()

    # --- what others ask ----------------------------------------------------------------------

    def lock_for(self, holder: CardHolder | None) -> None:
        """Start again; ``holder`` is whose session waits below, None when there is none."""
        self._locked_holder = holder
        self._restart(None)

    def refresh(self) -> None:
        """Compute the view and paint it."""
        shown = self._fixed or views.view_of(
            self._watch.state,
            problem=self._problem,
            reading=self._reading,
            locked_holder=self._locked_holder,
            first_start=self.first_start,
        )
        self._paint(shown)

    # --- what happens -------------------------------------------------------------------------

    def _card_changed(self, state: CardState) -> None:
        self._reading = False
        if not self.isVisible():
            return
        gone = state.presence is not CardPresence.READY
        # While the door opens, its own answer will tell: see ``_left_meanwhile``.
        kept = self._without or self._fixed is None or self.view.stage is Stage.OPENING
        if gone and not kept:
            self._drop("card removed")
        if gone:
            self._problem = None
        serial = state.holder.card_serial if state.holder is not None else ""
        if gone or serial != self._serial:
            self.pin.rest()  # what was typed was meant for the card that was there
        self._serial = serial
        self.refresh()

    def _lasts(self) -> None:
        self._reading = True
        if self._fixed is None and self.isVisible():
            self.refresh()

    def submit(self) -> None:
        """Give the PIN to the card."""
        if not self._may_open():
            return
        confirmed = self.view.stage is Stage.LAST_TRY and self.last_try.isChecked()
        pin = self.pin.take()
        state = self._watch.state
        shown = state.holder if state is not None else None
        self.last_try.setChecked(False)
        self._show_fixed(views.OPENING)
        self._tasks.run(
            partial(
                self._door.open,
                pin,
                serial=shown.card_serial if shown is not None else "",
                last_try_confirmed=confirmed,
            ),
            owner=self,
            done=self._pin_right,
            failed=self._pin_refused,
        )

    def _left_meanwhile(self) -> bool:
        """The card was pulled while the door was opening: close it again."""
        state = self._watch.state
        if self._without or state is None or state.presence is CardPresence.READY:
            return False
        self._drop("card removed")
        self._restart(CardGone())
        return True

    def _pin_right(self, opened: Opened) -> None:
        if self._left_meanwhile():
            return
        self._problem, self._opened = None, opened
        if opened.recovery_code:
            self.recovery.set(opened.recovery_code)
            self._show_fixed(views.RECOVERY_CODE)
        else:
            self._place_step()

    def _pin_refused(self, error: Exception) -> None:
        self._fixed = None
        if isinstance(error, Cancelled):
            self.refresh()
        elif isinstance(error, UnknownCard):
            self._show_fixed(views.unknown_card(error))
        elif isinstance(error, UserFacingError):
            self._restart(None if isinstance(error, LastTry) else error)
        else:
            self._restart(None)
            self.unexpected.emit(error)

    def _place_step(self) -> None:
        opened = self._opened
        if opened is None:
            return
        if opened.place is not None:
            self._choose(opened.place)
        elif not opened.places:
            self._restart(
                UserFacingError(
                    "Cette carte ne porte aucun lieu d’exercice.",
                    advice="Le DMP en demande un. Contactez l’ANS pour la mettre à jour.",
                )
            )
        else:
            preselected = views.preselected(opened.places, opened.place)
            self.places.set(opened.places, views.place_lines, preselected)
            self._show_fixed(views.PLACE)

    def _choose(self, place: PlaceOfPractice) -> None:
        self._show_fixed(views.OPENING)
        self._tasks.run(
            partial(self._door.choose, place),
            owner=self,
            done=self._chosen,
            failed=self._pin_refused,
        )

    def _chosen(self, practitioner: Practitioner) -> None:
        if self._left_meanwhile() or self._opened is None:  # asked twice, entered once
            return
        opened, self._opened, self._fixed = self._opened, None, None
        self._locked_holder, self._without = None, False
        self.entered.emit(opened, practitioner)

    def _enrol(self) -> None:
        code = self.code.text().strip()
        if not code:
            return
        self._show_fixed(views.OPENING)
        self._tasks.run(
            partial(self._door.enrol, code),
            owner=self,
            done=self._enrolled,
            failed=self._enrol_refused,
        )

    def _enrolled(self, opened: Opened) -> None:
        self.code.clear()
        self._pin_right(opened)

    def _enrol_refused(self, error: Exception) -> None:
        if isinstance(error, UserFacingError):
            self._show_fixed(views.unknown_card(error))
            self.code.selectAll()
        else:
            self._pin_refused(error)

    def _code_kept(self) -> None:
        if self.recovery.box.isChecked() and not self._keeping:
            self._keeping = True
            self._tasks.run(
                self._door.keep_code, owner=self, done=self._kept, failed=self._pin_refused
            )

    def _kept(self, nothing: None) -> None:
        self._keeping = False
        self.recovery.forget()
        if self._opened is not None:
            self._place_step()

    # --- without a card -----------------------------------------------------------------------

    def ask_key(self) -> None:
        """The recovery key instead of the card."""
        if self.view.stage in views.MAY_GO_WITHOUT:
            self._without = True
            self.code.clear()
            self._show_fixed(views.WITHOUT_CARD)

    def _open_without(self) -> None:
        code = self.code.text().strip()
        if code:
            self._show_fixed(views.CHECKING_KEY)
            self._tasks.run(
                partial(self._door.open_without_card, code),
                owner=self,
                done=self._key_right,
                failed=self._key_refused,
            )

    def _key_right(self, cards: Sequence[AdmittedCard]) -> None:
        self.code.clear()
        if len(cards) == 1:
            self._sit(cards[0])
            return
        self.places.set(cards, views.card_lines, 0)
        self._show_fixed(views.who_sits(self._locked_holder))

    def _key_refused(self, error: Exception) -> None:
        if isinstance(error, UserFacingError):
            self._show_fixed(views.wrong_key(error))
            self.code.selectAll()
        else:
            self._pin_refused(error)

    def _sit(self, card: AdmittedCard) -> None:
        self._show_fixed(views.CHECKING_KEY)
        self._tasks.run(
            partial(self._door.sit, card),
            owner=self,
            done=self._pin_right,
            failed=self._key_refused,
        )

    def _may_go_without(self, may: bool) -> None:
        self._has_practice = may
        self._show_way_without()

    def _show_way_without(self) -> None:
        shown = self._has_practice and self.view.stage in views.MAY_GO_WITHOUT
        self.without.setVisible(shown)

    def go_on(self) -> None:
        """The one thing Enter does in this view."""
        stage = self.view.stage
        if self.view.asks_pin:
            self.submit()
        elif stage is Stage.PLACE:
            self._choose(self.places.value())
        elif stage is Stage.RECOVERY_CODE:
            self._code_kept()
        elif stage is Stage.UNKNOWN_CARD:
            self._enrol()
        elif stage is Stage.WITHOUT_CARD:
            self._open_without()
        elif stage is Stage.HOLDER:
            self._sit(self.places.value())

    def give_up(self) -> None:
        """Escape: empty the field, or leave a step that belongs to an opened card."""
        if self.view.asks_pin:
            self.pin.clear()
        elif self.view.stage in LEAVES:
            self._drop("log-in abandoned")
            self.refresh()

    def _drop(self, why: str) -> None:
        """What the PIN opened is closed again."""
        self._opened, self._fixed, self._without = None, None, False
        self._keeping = False
        self.recovery.forget()
        self.code.clear()
        self._tasks.run(partial(self._door.lock, why), owner=self, done=lambda nothing: None)

    def _restart(self, problem: UserFacingError | None) -> None:
        self._fixed, self._opened, self._problem = None, None, problem
        self._without = self._keeping = False
        self.code.clear()
        self.pin.rest()
        self.recovery.forget()
        self.refresh()

    def _show_fixed(self, shown: AccessView) -> None:
        self._fixed = shown
        self.refresh()

    # --- painting -----------------------------------------------------------------------------

    def _paint(self, shown: AccessView) -> None:
        changed = shown.stage is not self.view.stage
        self.view = shown
        state = self._watch.state
        self.title.setText(shown.title)
        self.subtitle.setText(shown.subtitle)
        self.steps.set_current(shown.step)
        self._paint_notice(shown)
        holder = state.holder if state is not None and shown.step >= 2 else None
        stage = shown.stage
        self.holder.set(None if stage in (Stage.RECOVERY_CODE, Stage.PLACE) else holder)
        self._show_way_without()
        self.pin_box.setVisible(shown.asks_pin)
        self.last_try.setVisible(stage is Stage.LAST_TRY)
        self.places.setVisible(stage in (Stage.PLACE, Stage.HOLDER))
        self.recovery.setVisible(stage is Stage.RECOVERY_CODE)
        self.code.setVisible(stage in ASKS_KEY)
        self.buttons.setVisible(shown.asks_pin or stage in GO)
        self.back.setVisible(stage is not Stage.RECOVERY_CODE)
        self.open_button.setText(GO.get(stage, "Ouvrir ma session"))
        self.back.setText("Effacer" if shown.asks_pin else "Annuler")
        self.open_button.updateGeometry()
        reader = state.reader_name if state is not None else ""
        self.reader.setText(
            f"Lecteur «{text.NB}{reader}{text.NB}»"
            if reader
            else "Détection automatique du lecteur"
        )
        self._enable()
        if changed and self.isVisible():
            self.take_focus()

    def _paint_notice(self, shown: AccessView) -> None:
        self.notice.setVisible(bool(shown.sentence))
        self.notice.set(shown.tone, shown.sentence, shown.advice, shown.glyph, busy=shown.busy)
        self.tries.setVisible(shown.tries_left is not None)
        if shown.tries_left is not None:
            self.tries.set(shown.tries_left, shown.tone)

    def _may_open(self) -> bool:
        stage = self.view.stage
        if stage is Stage.LAST_TRY:
            return self.pin.complete and self.last_try.isChecked()
        if self.view.asks_pin:
            return self.pin.complete
        if stage is Stage.RECOVERY_CODE:
            return self.recovery.box.isChecked()
        if stage in ASKS_KEY:
            return bool(self.code.text().strip())
        return stage in (Stage.PLACE, Stage.HOLDER)

    def _say_of_pin(self, waiting: bool = False) -> None:
        """What the field does with the keys, beside it."""
        words, tone = views.FOUR_DIGITS, "text.muted"
        if self.pin.too_long:
            words, tone = views.TOO_LONG, "danger"
        elif waiting:
            words, tone = views.WAITING, "warn"
        self.pin_words.setText(words)
        retone(self.pin_words, tone)

    def _enable(self) -> None:
        self._say_of_pin()
        reasons = {
            Stage.LAST_TRY: "Saisissez les 4 chiffres et cochez la case",
            Stage.RECOVERY_CODE: "Cochez d’abord la case",
            Stage.UNKNOWN_CARD: "Saisissez la clé de secours du cabinet",
            Stage.WITHOUT_CARD: "Saisissez la clé de secours du cabinet",
        }
        reason = reasons.get(self.view.stage, "Saisissez les 4 chiffres de votre code")
        self.open_button.say_why_disabled("" if self._may_open() else reason)

    def take_focus(self) -> None:
        """The focus where the hand goes next; nowhere while something stands above."""
        if not self.isEnabled():
            return
        stage = self.view.stage
        target: QWidget = self
        if self.view.asks_pin:
            target = self.pin
        elif stage in ASKS_KEY:
            target = self.code
        elif stage is Stage.RECOVERY_CODE:
            target = self.recovery.copy
        if stage not in (Stage.PLACE, Stage.HOLDER):
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.run(self._door.has_practice, owner=self, done=self._may_go_without)
        self.refresh()
        self.take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pin.clear()

    # --- building -----------------------------------------------------------------------------

    def _build(self, practice: str) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.title = label("", "page", wrap=True)
        self.subtitle = label("", "base", "text.muted", wrap=True)
        self.steps = Steps(["Lecteur", "Carte CPS", "Code porteur"])
        self.holder = HolderCard()
        self.notice = Notice()
        self.tries = Tries(views.TRIES)
        self.notice.add_right(self.tries)
        self.places = Choice()
        self.recovery = RecoveryCode()
        self.recovery.confirmed.connect(lambda ticked: self._enable())
        self.code = QLineEdit()
        self.code.setFixedHeight(40)
        self.code.setPlaceholderText("Clé de secours du cabinet")
        self.code.setAccessibleName("Clé de secours du cabinet")
        self.code.textChanged.connect(lambda typed: self._enable())
        self._build_pin()
        self._build_buttons()
        card = Card(480)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(18)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        column.addLayout(words)
        for part in (
            self.steps, self.holder, self.notice, self.places, self.recovery, self.code,
            self.pin_box, self.buttons,
        ):  # fmt: skip
            column.addWidget(part)
        column.addWidget(self.without, 0, Qt.AlignmentFlag.AlignLeft)
        self._build_around(card, practice)

    def _build_pin(self) -> None:
        self.pin = PinField(views.PIN_DIGITS)
        self.pin.textChanged.connect(lambda typed: self._enable())
        self.pin.waiting.connect(self._say_of_pin)
        head = QHBoxLayout()
        head.addWidget(label("Code porteur", "medium"))
        head.addStretch(1)
        self.pin_words = label(views.FOUR_DIGITS, "small", "text.muted")
        head.addWidget(self.pin_words)
        self.last_try = QCheckBox("Je veux utiliser le dernier essai")
        self.last_try.toggled.connect(lambda ticked: self._enable())
        self.pin_box = QWidget()
        column = QVBoxLayout(self.pin_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(head)
        column.addWidget(self.pin)
        column.addWidget(self.last_try)

    def _build_buttons(self) -> None:
        go = action(self, "Ouvrir ma session", self.go_on, "Return", others=("Enter",))
        leave = action(self, "Effacer", self.give_up, "Esc")
        self.back = Button("Effacer", "plain", height=36, cap=False)
        self.back.clicked.connect(leave.trigger)
        self.open_button = Button("Ouvrir ma session", "primary", height=36, action=go)
        self.buttons = QWidget()
        row = QHBoxLayout(self.buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.open_button)
        self.without = Button("Ouvrir sans carte…", "quiet", "ri.key-2-line", height=32)
        self.without.clicked.connect(self.ask_key)

    def _build_around(self, card: QFrame, practice: str) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(24, 20, 24, 0)
        top.setSpacing(8)
        top.addWidget(Mark())
        top.addWidget(label(practice or "Cabinet médical", "base", "text.muted"))
        top.addStretch(1)
        post = action(self, "Réglages du poste", self.post_asked.emit, "Ctrl+,")
        self.post = Button("Réglages du poste", "quiet", "ri.computer-line", action=post, cap=False)
        top.addWidget(self.post)
        theme = action(self, "Thème", lambda: current().toggle(), "Ctrl+Shift+L")
        top.addWidget(Button("", "quiet", "ri.contrast-2-line", action=theme, cap=False))
        foot = QHBoxLayout()
        foot.setSpacing(6)
        self.reader = label("", "small", "text.muted")
        foot.addStretch(1)
        foot.addWidget(Glyph("ri.usb-line", "text.muted", 14))
        foot.addWidget(self.reader)
        foot.addSpacing(12)
        foot.addWidget(Glyph("ri.shield-keyhole-line", "text.muted", 14))
        foot.addWidget(
            label(
                "Le code ne quitte pas la carte. La retirer verrouille l’application.",
                "small",
                "text.muted",
            )
        )
        foot.addStretch(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 16, 16, 28)
        column.setSpacing(18)
        self.problems = Notice()
        self.problems.setVisible(bool(self._problems))
        if self._problems:
            self.problems.set(
                "warn",
                views.SETTINGS_REFUSED,
                text.french("\n".join((*self._problems, views.ASIDE))),
            )
        column.addWidget(self.problems)
        column.addStretch(2)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(foot)
        column.addStretch(3)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addWidget(scroll, 1)
