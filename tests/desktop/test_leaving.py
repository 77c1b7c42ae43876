"""What leaves a session has its line in the journal: kinds and identifiers, never words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrinter

from lgc.desktop import leaving
from lgc.desktop.access.parts import RecoveryCode
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import Leaving

WAIT = 15_000


@pytest.fixture
def noted():
    lines = []
    leaving.use(lambda action, subject: lines.append((action, subject)))
    lines.clear()  # what other tests of this process left
    yield lines
    leaving.use(None)


def test_a_page_kept_as_a_file_is_noted_once_it_is_written(qtbot, window, noted, tmp_path):
    words = QTextDocument("Bonjour")
    preview = print_pdf(window, "Titre du patient", None, words, Leaving("document", "d1"))

    preview.keep(tmp_path / "absent" / "x.pdf")
    qtbot.waitUntil(lambda: "dossier" in preview.footer_note.text(), timeout=WAIT)
    preview.pages.opened.emit()  # the pages may come after the answer
    assert "dossier" in preview.footer_note.text()
    assert noted == []
    preview.keep(tmp_path / "x.pdf")
    qtbot.waitUntil(lambda: noted == [("document exported", "d1")], timeout=WAIT)


def test_a_page_printed_is_noted(qtbot, window, noted, tmp_path):
    preview = print_pdf(window, "Titre", None, QTextDocument("x"), Leaving("biology", "p1"))
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "out.pdf"))

    preview._print_on(printer)

    assert noted == [("biology printed", "p1")]
    qtbot.waitUntil((tmp_path / "out.pdf").exists, timeout=WAIT)


def test_the_recovery_key_copied_before_any_session_waits_for_its_journal(qtbot, theme):
    key = RecoveryCode()
    qtbot.addWidget(key)
    key.set("AAAA-BBBB-CCCC-DDDD")
    key.show()
    leaving.use(lambda action, subject: None)
    leaving.use(None)
    qtbot.mouseClick(key.copy, Qt.MouseButton.LeftButton)

    lines = []
    leaving.use(lambda action, subject: lines.append((action, subject)))

    assert lines == [("recovery key copied", "")]
    leaving.use(None)


def test_nothing_waits_without_end():
    for _ in range(100):
        leaving.left(leaving.COPIED, Leaving("x"))

    lines = []
    leaving.use(lambda action, subject: lines.append(action))
    assert len(lines) == leaving.MOST_WAITING
    leaving.use(None)
