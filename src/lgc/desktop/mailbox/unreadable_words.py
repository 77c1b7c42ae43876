"""What is told of a message that was not read whole: why, what was read, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.desktop import text
from lgc.domain.messages import MailAttachment, Message
from lgc.domain.unreadable import Fault, Unreadable
from lgc.services.views import KeptWhole

READ, UNREAD = ("ri.checkbox-circle-fill", "ok"), ("ri.close-circle-fill", "danger")
ABSENT = ("ri.subtract-line", "text.faint")
KEPT = "Le message est gardé tel qu’il est arrivé ; rien n’a été classé ni supprimé."
IN_HEADER = (Fault.HEADER, Fault.DATE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line: its sign, a name, words, and what stands at its right."""

    sign: tuple[str, str]
    name: str
    words: str
    chip: str = ""


def why(unreadable: Unreadable) -> str:
    """The sentence under the fault."""
    flaw = unreadable.flaw
    part = f"{flaw.part} : {flaw.told}" if flaw.part and flaw.told else flaw.told
    return f"{part} {KEPT}".strip()


def facts(message: Message, kept: KeptWhole) -> list[Fact]:
    """What was read, then what is kept."""
    unreadable = message.unreadable
    if unreadable is None:
        return []
    files = message.attachments
    return [
        _header(message, unreadable),
        _text(message),
        *(_file(one, unreadable) for one in files),
        Fact(
            ("ri.save-3-line", "text.muted"),
            "Original",
            f"complet, {text.size(kept.size)}, empreinte notée",
            f"{kept.digest[:4]} {kept.digest[4:8]}…",
        ),
        Fact(("ri.mail-lock-line", "text.muted"), "Serveur MSSanté", _server(kept)),
        Fact(("ri.time-line", "text.muted"), "Relecture", _tries(unreadable)),
    ]


def details(unreadable: Unreadable) -> str:
    """For who helps: no word of the message."""
    return " · ".join(
        part for part in (f"lgc {unreadable.version}", unreadable.flaw.details) if part
    )


def _header(message: Message, unreadable: Unreadable) -> Fact:
    flaw = unreadable.flaw
    if flaw.fault in IN_HEADER:
        return Fact(UNREAD, "En-tête", f"{flaw.part} : {unreadable.words.short}")
    read = [
        word
        for word, there in (
            ("expéditeur", message.sender_name or message.sender_address),
            ("objet", message.raw_subject),
            ("destinataires", message.recipients),
            ("numéro du message", message.answerable_id),
        )
        if there
    ]
    return Fact(READ if read else UNREAD, "En-tête", ", ".join(read) or "rien n’a pu être lu")


def _text(message: Message) -> Fact:
    lines = sum(bool(line.strip()) for line in message.text.splitlines())
    if not lines:
        return Fact(ABSENT, "Texte", "aucun")
    return Fact(READ, "Texte", f"{text.count(lines, 'ligne')}, ci-dessous")


def _file(file: MailAttachment, unreadable: Unreadable) -> Fact:
    flaw, size = unreadable.flaw, text.size(file.size)
    if flaw.part != file.name:
        return Fact(READ, file.name, size)
    told = flaw.told.rstrip(".")
    told = told[:1].lower() + told[1:] if told else unreadable.words.short
    return Fact(UNREAD, file.name, f"{size}, {told}")


def _server(kept: KeptWhole) -> str:
    if not kept.on_server:
        return "n’y est plus"
    return f"encore présent, {'marqué lu' if kept.seen_there else 'non marqué lu'}"


def _tries(unreadable: Unreadable) -> str:
    return f"à chaque mise à jour de lgc ; essayé {unreadable.tries} fois"
