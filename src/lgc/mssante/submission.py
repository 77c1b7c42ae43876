"""A message to colleagues: built the same each time, then submitted once (mssante-xdm §2).

With an archive the subject is the one the rules impose (ECO.2.1.3), and the doctor's own words
open the body; without one the doctor's subject stands.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from lgc.domain.days import practice_day
from lgc.domain.professionals import Correspondent, Practitioner
from lgc.errors import UserFacingError
from lgc.mssante import written
from lgc.mssante.written import line
from lgc.xds import xdm
from lgc.xds.metadata import SubmissionRequest

LABEL_LENGTH = 40
PREFIX = "XDM/1.0/DDM"
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")
LIGATURES = {ord("œ"): "oe", ord("Œ"): "OE", ord("æ"): "ae", ord("Æ"): "AE"}


class File(Protocol):
    """A file that travels as it is."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class OutgoingMail(Protocol):
    """What the doctor decided (`services.ports.OutgoingMail`)."""

    @property
    def rfc_message_id(self) -> str: ...
    @property
    def sender(self) -> Practitioner: ...
    @property
    def recipients(self) -> tuple[Correspondent, ...]: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def submission(self) -> SubmissionRequest | None: ...
    @property
    def pdf(self) -> bytes | None: ...
    @property
    def written_at(self) -> dt.datetime: ...
    @property
    def copies(self) -> tuple[Correspondent, ...]: ...
    @property
    def files(self) -> Sequence[File]: ...
    @property
    def in_reply_to(self) -> str: ...
    @property
    def references(self) -> tuple[str, ...]: ...
    @property
    def receipt(self) -> bool: ...
    @property
    def closes(self) -> bool: ...
    @property
    def already(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Product:
    """How this software signs its mail. ``nil`` is the reference given by Convergence."""

    source_id: str
    software: str
    nil: str
    size_limit: int


def build(mail: OutgoingMail, product: Product) -> bytes:
    """The RFC 5322 message, byte-identical each time it is built.

    Raises UserFacingError when it is larger than the operator takes.
    """
    message = written.new()
    request = mail.submission
    message["Message-ID"] = mail.rfc_message_id
    message["Date"] = format_datetime(mail.written_at)
    message["From"] = _from(mail.sender)
    message["To"] = written.mailboxes(map(_to, mail.recipients))
    if mail.copies:
        message["Cc"] = written.mailboxes(map(_to, mail.copies))
    message["Subject"] = written.words(_subject(request) if request is not None else mail.subject)
    _thread(message, mail)
    if mail.receipt:
        message["Disposition-Notification-To"] = own_address(mail.sender)
    if product.nil:
        message["X-MSS-NIL"] = written.words(product.nil)
    if request is not None:
        kinds = [one.document.type.code for one in (request, *request.others)]
        message["X-MSS-CODECDA"] = written.words(",".join(dict.fromkeys(kinds)))
        message["X-MSS-INS"] = "O"  # a request exists only with a QualifiedIns
    if mail.closes:
        message["X-MSS-MES"] = "FIN"
    message.set_content(_body(mail), subtype="plain", charset="utf-8", cte="quoted-printable")
    if request is not None:
        archive = xdm.write(request, product.source_id, product.software)
        message.add_attachment(
            archive, maintype="application", subtype="zip", filename=xdm.ARCHIVE_NAME
        )
    if mail.pdf is not None:
        message.add_attachment(
            mail.pdf,
            maintype="application",
            subtype="pdf",
            filename=written.file_name(_pdf_name(mail)),
        )
    for file in mail.files:
        _attach(message, file)
    if message.is_multipart():
        # A boundary drawn at random would make two builds differ.
        seed = hashlib.sha256(mail.rfc_message_id.encode()).hexdigest()[:32]
        message.set_boundary(f"=_lgc_{seed}")
    content = bytes(message.as_bytes())
    if len(content) > product.size_limit:
        limit = product.size_limit // (1024 * 1024)
        raise UserFacingError(
            f"Le message dépasse {limit} Mo.",
            advice="Retirez une pièce jointe, ou demandez une limite plus haute à l’opérateur.",
        )
    return content


def _thread(message: EmailMessage, mail: OutgoingMail) -> None:
    """RFC 5322 §3.6.4; what is no Message-ID is left out."""
    answered = [one for one in (mail.in_reply_to,) if MESSAGE_ID.fullmatch(one)]
    thread = [one for one in mail.references if MESSAGE_ID.fullmatch(one)]
    if answered:
        message["In-Reply-To"] = answered[0]
    if thread or answered:
        message["References"] = " ".join(thread or answered)


def _attach(message: EmailMessage, file: File) -> None:
    main, _, sub = file.media_type.partition("/")
    if main in ("multipart", "message") or not TOKEN.fullmatch(main) or not TOKEN.fullmatch(sub):
        main, sub = "application", "octet-stream"
    message.add_attachment(
        file.content, maintype=main, subtype=sub, filename=written.file_name(file.name)
    )


def _subject(request: SubmissionRequest) -> str:
    """``XDM/1.0/DDM+<libellé> <NOM> <prénom> <JJ/MM/AAAA>`` (ECO.2.1.3)."""
    traits = request.ins.traits
    label = line(request.document.type.label or request.title)[:LABEL_LENGTH].strip()
    if request.others:
        label = f"{1 + len(request.others)} documents"
    name, given = plain(traits.birth_name).upper(), plain(traits.first_given_name)
    return f"{PREFIX}+{label} {name} {given} {traits.birth_date:%d/%m/%Y}"


def _body(mail: OutgoingMail) -> str:
    readable = mail.body.encode("utf-8", "replace").decode("utf-8")
    text = readable.replace("\r\n", "\n").rstrip() + "\n"
    if mail.submission is not None and mail.subject:
        return f"{mail.subject}\n\n{text}"
    return text


def _from(sender: Practitioner) -> str:
    """``<Titre>_<Prénom>_<NOM>_<Entité>`` (ECO.2.2.7)."""
    holder = sender.holder
    parts = ("Dr", holder.given_name, holder.family_name, sender.place.structure_name)
    name = "_".join(line(part).replace(" ", "_") for part in parts if part)
    return written.mailbox(name, own_address(sender))


def own_address(sender: Practitioner) -> str:
    """Raises UserFacingError when it is missing or malformed."""
    if not sender.mssante_address:
        raise UserFacingError(
            "Votre adresse MSSanté n’est pas renseignée.", advice="Complétez-la dans les réglages."
        )
    return wire_address(sender.mssante_address)


def _to(correspondent: Correspondent) -> tuple[str, str]:
    return correspondent.display_name, wire_address(correspondent.address)


def wire_address(address: str) -> str:
    """As servers know it: ASCII, an international domain in its punycode form (RFC 5891).

    Raises UserFacingError for what no server would understand.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        wire = ""
    if not written.is_address(wire):
        raise UserFacingError(
            f"L’adresse « {line(address)} » n’est pas une adresse MSSanté valable.",
            advice="Corrigez-la dans vos contacts, puis envoyez de nouveau.",
        )
    return wire


def _pdf_name(mail: OutgoingMail) -> str:
    """``<AAAAMMJJ>_<type>_<NOM>_<prénom>.pdf`` (ECO.2.1.6)."""
    request = mail.submission
    if request is None:
        return f"{practice_day(mail.written_at):%Y%m%d}_{_file(mail.subject)[:60]}.pdf"
    document, traits = request.document, request.ins.traits
    day = document.service_start or document.created_at
    label = _file(document.type.label or document.title)[:60]
    name, given = plain(traits.birth_name).upper(), plain(traits.first_given_name)
    return f"{practice_day(day):%Y%m%d}_{label}_{_file(name)}_{_file(given)}.pdf"


def plain(text: str) -> str:
    """Without accents, as the subject wants names."""
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _file(text: str) -> str:
    return " ".join(re.sub(r"[^\w .'-]+", " ", text.replace("’", "'")).split())
