"""The correspondent: writes to the doctor what no honest colleague would."""

from __future__ import annotations

import datetime as dt
import email
import random
from collections.abc import Callable
from email.header import decode_header, make_header
from email.utils import getaddresses

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from hostile_seats import nasty
from hostile_seats.ground import Found, Ground, holder
from hostile_seats.windows import application, settle
from lgc.commands.console import _harmless
from lgc.desktop.components.tips import plain, set_tip
from lgc.desktop.record.biology.paper import no_formula
from lgc.domain.professionals import Correspondent, PlaceOfPractice, Practitioner
from lgc.file_names import LONGEST, safe_name
from lgc.mssante import mime, receipts, submission, written
from lgc.services.ports import MailFile, OutgoingMail

ME, THEM = "moi@mssante.example", "labo@mssante.example"
WHEN = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
PRODUCT = submission.Product("2.25.1", "lgc", "NIL", 1 << 25)
OURS = {
    "message-id", "date", "from", "to", "cc", "subject", "in-reply-to", "references",
    "disposition-notification-to", "x-mss-nil", "mime-version", "content-type",
    "content-transfer-encoding", "content-disposition", "auto-submitted", "content-language",
}  # fmt: skip
Write = Callable[[str], bytes | None]


# --- line 8: our headers -------------------------------------------------------------------------


def _answer(words: str) -> bytes:
    """What the doctor writes, each field of it a stranger's words."""
    place = PlaceOfPractice("4", "Cabinet", "SA07")
    sender = Practitioner(holder=holder(), place=place, mssante_address=ME)
    stranger = Correspondent(THEM, words, words, title=words, organisation=words)
    mail = OutgoingMail(
        "<1@mssante.example>", sender, (stranger,), words, "Bonjour.", None, None, WHEN,
        copies=(stranger,), files=(MailFile(words, "application/pdf", b"%PDF-1.4"),),
    )  # fmt: skip
    return submission.build(mail, PRODUCT)


def _received(words: str) -> bytes:
    made = written.new()
    made["Message-ID"] = "<2@labo.example>"
    made["From"] = written.mailbox(words, THEM)
    made["Return-Path"] = f"<{THEM}>"
    made["Disposition-Notification-To"] = THEM
    made["Subject"] = written.words(words)
    made.set_content("Bonjour.\n")
    made.add_attachment(
        b"x", maintype="application", subtype="pdf", filename=written.file_name(words)
    )
    return bytes(made.as_bytes())


def _integrated(words: str) -> bytes | None:
    return receipts.integration(_received(words), ME, WHEN)


def _refused(words: str) -> bytes | None:
    return receipts.integration(_received(words), ME, WHEN, "906")


def _read(words: str) -> bytes | None:
    made = receipts.reading(_received(words), ME, WHEN, by_hand=False)
    return made[1] if made is not None else None


def _unasked(words: str) -> bytes | None:
    """A refusal goes to who wrote, asked or not."""
    bare = _received(words).replace(b"Disposition-Notification-To", b"X-Nothing")
    made = receipts.answer(bare, ME, WHEN, "906")
    return made[1] if made is not None else None


WRITERS: tuple[Write, ...] = (_answer, _integrated, _refused, _read, _unasked)


def headers(ground: Ground) -> Found:
    """A stranger's words in every header and parameter that we write, and in every receipt."""
    chance = ground.chance("headers")
    for number in range(ground.some(600, 60)):
        words = nasty.mixed(chance, nasty.HEADERS)
        write = WRITERS[number % len(WRITERS)]
        raw = write(words)
        held = raw is not None and _is_ours(raw, words, exact=write is _answer)
        yield f"{write.__name__} {words[:60]!r}", held


def _is_ours(raw: bytes, words: str, *, exact: bool) -> bool:
    """No header but ours, nothing of the stranger's at the head of the body, all reads back."""
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [line.partition(b":")[0].decode().lower() for line in head if line[:1] not in b" \t"]
    message = email.message_from_bytes(raw)
    said = str(make_header(decode_header(_unfolded(message["Subject"]))))
    people = getaddresses([_unfolded(message["To"])])
    subject = said == written.line(words) if exact else said.endswith(written.line(words))
    ours, _ = mime.read(raw)
    return (
        set(names) <= OURS
        and len(names) == len(set(names))
        and max(map(len, raw.split(b"\r\n"))) <= 998
        and subject
        and [address for _, address in people] == [THEM]
        and mime.header(ours, "Reply-To") == mime.header(ours, "Bcc") == ""
    )


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "").replace("\n", "")


# --- line 13: tips -------------------------------------------------------------------------------


def tips(ground: Ground) -> Found:
    """The tip that Qt shows holds a stranger's words letter for letter, and opens nothing."""
    chance = ground.chance("tips")
    with application():
        label = QLabel("message")
        label.show()
        settle(label.isVisible)
        for _ in range(ground.some(100, 15)):
            words = nasty.mixed(chance, nasty.MARKUP)
            set_tip(label, words)
            place = label.mapToGlobal(QPoint(2, 2))
            QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), place))
            yield (
                f"tip {words[:60]!r}",
                _letters(QToolTip.text()) == words == _letters(plain(words)),
            )
        QToolTip.hideText()


def _letters(tip: str) -> str:
    """What Qt makes of a tip."""
    document = QTextDocument()
    if tip.startswith("<p "):
        document.setHtml(tip)
        return document.toPlainText()
    return tip


# --- line 19: names ------------------------------------------------------------------------------


def file_names(ground: Ground) -> Found:
    """A stranger's title names a file of its folder, with the ending of its bytes."""
    chance, folder = ground.chance("names"), ground.room("names")
    for number in range(ground.some(300, 40)):
        title = nasty.mixed(chance, nasty.PATHS)
        name = safe_name(title, b"%PDF-1.7")
        held = name.endswith(".pdf") and len(name) <= LONGEST and name.isprintable()
        held &= not set(name) & set('/\\:*?"<>|%') and not name.startswith(".")
        (folder / name).write_bytes(b"x")
        yield f"name {number} {title[:60]!r}", held and (folder / name).parent == folder


def cells(ground: Ground) -> Found:
    """A pasted cell is no formula; a line of the console gives the terminal no order."""
    chance = ground.chance("cells")
    for number in range(ground.some(200, 30)):
        before = chance.choice(("", " ", "\t", "\r\n", "Sodium\t", "K\n", "\u2028"))
        formula = chance.choice("=+-@") + chance.choice(("cmd|' /C calc'!A0", "SUM(1)", "2+3"))
        cells = no_formula(before + formula).replace("\t", "\n").splitlines()
        held = not any(cell.lstrip().startswith(tuple("=+-@")) for cell in cells)
        yield f"cell {before + formula!r}", held
        line = _ordered(chance)
        told = _harmless(line)
        yield f"console {number}", not set(told) & {"\x1b", "\x07", "\x9b", "\u202e", "\r", "\b"}


def _ordered(chance: random.Random) -> str:
    orders = ("\x1b]0;x\x07", "\x1b[2J", "\x9b31m", "\u202e", "\r", "\b\b", "\x1bP")
    return "".join(chance.choice(("a", "é", chance.choice(orders))) for _ in range(20))
