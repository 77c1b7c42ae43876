"""« Certificats de structure »: what stands in for the card, brought in with its password."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, retone, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.domain.keys import CertificateUse, HeldCertificate
from lgc.errors import UserFacingError
from lgc.services.desk import Desk

TITLE = "Certificats de structure"
FILES = "Certificats (*.p12 *.pfx);;Tous les fichiers (*)"
WIDTH = 460
USES = {
    CertificateUse.DMP_TLS: ("Connexion au DMP", "Mode indirect : certificat ORG_AUTH_CLI."),
    CertificateUse.SIGNATURE: ("Signature au DMP", "Mode indirect : certificat ORG_SIGN."),
    CertificateUse.MAIL_TLS: (
        "Connexion à la messagerie",
        "Pour l’accès « logiciel », quand l’opérateur le demande.",
    ),
}


class CertificateRow(QWidget):
    """One use: what is held, how to bring another, how to remove it."""

    bring_asked = Signal()
    forget_asked = Signal()

    def __init__(self, title: str, help: str) -> None:
        super().__init__()
        self._help = help
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(label(title, "medium"))
        self.state = label(help, "small", "text.muted", wrap=True)
        said.addWidget(self.state)
        row.addLayout(said, 1)
        self.forget = Button("Retirer", "quiet", "ri.delete-bin-line", height=28)
        self.forget.setAccessibleName(f"Retirer : {title}")
        self.forget.clicked.connect(self.forget_asked)
        row.addWidget(self.forget)
        self.bring = Button("Importer…", "plain", "ri.upload-2-line", height=28)
        self.bring.setAccessibleName(f"Importer : {title}")
        self.bring.clicked.connect(self.bring_asked)
        row.addWidget(self.bring)
        self.show_held(None, serves=True)

    def show_held(self, held: HeldCertificate | None, *, serves: bool) -> None:
        """Who it names and until when; one that serves no more is told in red."""
        self.forget.setVisible(held is not None)
        if held is None:
            self.state.setText(text.french(self._help))
            retone(self.state, "text.muted")
            return
        until = text.date(text.local(held.not_after).date())
        words = f"{held.subject} · émis par {held.issuer} · "
        self.state.setText(words + (f"valable jusqu’au {until}" if serves else f"périmé : {until}"))
        retone(self.state, "ok" if serves else "danger")


class PasswordDialog(Dialog):
    """Asks for the password of a file; ``given`` carries it once, it is kept nowhere."""

    given = Signal(str)

    def __init__(self, parent: QWidget, file: str) -> None:
        super().__init__(parent, "Mot de passe du certificat", glyph="ri.key-2-line", width=WIDTH)
        self.setObjectName("certificatePassword")
        self.body.addWidget(label(file, "small", "text.muted", wrap=True))
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("Mot de passe du certificat")
        self.field.setFixedHeight(32)
        self.field.returnPressed.connect(self._give)
        self.body.addWidget(self.field)
        self.add_cancel()
        go = action(self, "Importer", self._give, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=32))

    def _give(self) -> None:
        password = self.field.text()
        self.field.clear()
        self.dismiss()
        self.given.emit(password)


class CertificatesPanel(Panel):
    """Read when the page is shown; what is brought serves from the next session on."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE, hint="dès la prochaine session")
        self._window, self._desk = window, desk
        self.rows: dict[CertificateUse, CertificateRow] = {}
        self._held: Mapping[CertificateUse, HeldCertificate] = {}
        for number, (use, (title, help)) in enumerate(USES.items()):
            if number:
                self.add(rule())
            row = CertificateRow(title, help)
            row.bring_asked.connect(partial(self._choose, use))
            row.forget_asked.connect(partial(self._forget, use))
            self.add(row)
            self.rows[use] = row

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} " + " ".join(f"{title} {help}" for title, help in USES.values())

    def refresh(self) -> None:
        self._window.tasks.run(self._desk.certificates.held, owner=self, done=self._show)

    def bring(self, use: CertificateUse, file: Path) -> None:
        """Ask the password of ``file``, then keep it."""
        dialog = PasswordDialog(self._window, file.name)
        dialog.given.connect(partial(self._bring, use, file))
        dialog.open(dialog.field)

    def _choose(self, use: CertificateUse) -> None:
        bring = partial(self.bring, use)
        system_dialogs.ask_file(self, USES[use][0], str(Path.home()), bring, FILES)

    def _bring(self, use: CertificateUse, file: Path, password: str) -> None:
        self._window.tasks.run(
            lambda: self._desk.certificates.bring(use, _read(file), password),
            owner=self,
            done=lambda held: self._said("Certificat importé"),
        )

    def _forget(self, use: CertificateUse) -> None:
        self._window.tasks.run(
            partial(self._desk.certificates.forget, use, self._held.get(use)),
            owner=self,
            done=lambda nothing: self._said("Certificat retiré"),
        )

    def _said(self, words: str) -> None:
        self._window.messages.toast(words)
        self.refresh()

    def _show(self, held: Mapping[CertificateUse, HeldCertificate]) -> None:
        self._held, now = held, self._desk.clock.now()
        for use, row in self.rows.items():
            one = held.get(use)
            row.show_held(one, serves=one is None or one.serves(now))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserFacingError(
            "Le fichier ne peut pas être lu.", details=type(error).__name__
        ) from error
