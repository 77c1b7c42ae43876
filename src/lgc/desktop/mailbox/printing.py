"""A message on paper: who, when, about what, then its words."""

from __future__ import annotations

import html

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import Leaving
from lgc.services.views import MessageView


def print_message(owner: QWidget, view: MessageView) -> None:
    """Open the preview of the message in view."""
    paper = QTextDocument(owner)
    paper.setHtml(on_paper(view))
    print_pdf(owner, view.message.subject, None, paper, Leaving("message", view.message.message_id))


def on_paper(view: MessageView) -> str:
    """The page as HTML, everything that came from outside escaped."""
    message = view.message
    lines = (
        ("De", message.full_sender),
        ("À", ", ".join(message.recipients)),
        ("Date", text.came(message)),
        ("Patient", view.patient.name if view.patient else ""),
        ("Pièces jointes", ", ".join(one.name for one in message.attachments)),
    )
    head = "".join(
        f"<tr><td><b>{name}</b></td><td>{html.escape(words)}</td></tr>"
        for name, words in lines
        if words
    )
    body = text.as_written(message.text)
    return f"<h2>{html.escape(message.subject)}</h2><table>{head}</table><hr/>{body}"
