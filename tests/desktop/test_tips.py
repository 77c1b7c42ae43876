"""What a stranger wrote is shown in tips letter for letter, and opens nothing."""

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from lgc.desktop.components.tips import plain, set_tip

NASTY = [
    '<img src="file:///dev/zero">',
    "Résultats <b>urgents</b> & co",
    "<script>x</script>",
    "&lt;img&gt;",
    "K < 3,5 et Na > 130",
    "<?xml version='1.0'?><html>",
]


def shown(words):
    """The letters that Qt makes of a tip."""
    document = QTextDocument()
    if words.startswith("<p "):
        document.setHtml(words)
        return document.toPlainText()
    return words


@pytest.mark.parametrize("words", NASTY)
def test_a_tip_says_what_was_written(qapp, words):
    assert shown(plain(words)) == words
    assert "<img" not in plain(words).replace("&lt;img", "")


def test_the_pointer_on_a_stranger_s_words_opens_no_file(qtbot):
    """The tip that Qt shows holds a picture's name as letters, not as a picture."""
    label = QLabel("message")
    qtbot.addWidget(label)
    set_tip(label, NASTY[0])
    label.show()
    qtbot.waitExposed(label)
    QApplication.sendEvent(
        label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2)))
    )

    assert shown(QToolTip.text()) == NASTY[0]
