"""Services of a record, its documents, its messages and its sharing, in memory."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from types import SimpleNamespace

from lgc_desktop_scenes import CHEMIN, LEGRAND, NOW, SAUVEUR, TODAY, FakeFinding, unassigned

from lgc.domain.documents import (
    Annulment,
    DmpState,
    Document,
    DocumentContent,
    DocumentKind,
    Origin,
)
from lgc.domain.messages import AssignedBy, Candidate, Folder, Likelihood, Message, Reason
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.professionals import Coded, Correspondent
from lgc.domain.readable import (
    Attachment,
    DocumentHeader,
    DocumentPatient,
    ReadableDocument,
    ReadableSection,
)
from lgc.domain.writing import Draft, DraftDocument, DraftFile
from lgc.errors import UserFacingError
from lgc.services.annulling import Annulled
from lgc.services.archiving_by_age import ArchivedByAge
from lgc.services.checking import Finding
from lgc.services.reading import OpenedDocument
from lgc.services.reading_back import ReadBack
from lgc.services.refiling import Refilable, Refiled
from lgc.services.sharing import ShareProposal, ShareRequest
from lgc.services.views import (
    DocumentLine,
    FoundLine,
    KeptWhole,
    Lane,
    LifeLine,
    Mark,
    MarkState,
    MessageLine,
    MessageView,
    PatientView,
    ProtocolChoice,
    RankedCandidate,
    ReceiptAsked,
    RecordView,
)
from lgc.services.writing import DraftView, Thrown

PEOPLE = {person.patient_id: person for person in (CHEMIN, LEGRAND, SAUVEUR)}
LETTER = Coded("11488-4", "2.16.840.1.113883.6.1", "Consultation")


def document(patient_id: str, number: int = 1, title: str = "CR de consultation") -> Document:
    return Document(
        f"{patient_id}-{number}", patient_id, f"1.2.{number}", f"1.2.{number}", 1, title, LETTER,
        DocumentKind.NOTE, Origin.PRACTICE, "text/xml", NOW - dt.timedelta(days=10 * number),
        "Dr Paul MEDECIN5729", "Cabinet", "00" * 20, 1200,
    )  # fmt: skip


def opened(paper: Document, words: str, **more) -> OpenedDocument:
    header = DocumentHeader(
        paper.unique_id, paper.set_id, 1, paper.type, paper.title, NOW, DocumentPatient()
    )
    readable = ReadableDocument(header, (ReadableSection("Résumé", words),), **more)
    return OpenedDocument(DocumentContent(paper, b"<x/>"), readable, None, ())


def life_line() -> LifeLine:
    late = Mark(MarkState.LATE, TODAY - dt.timedelta(24), None, 24)
    done = Mark(MarkState.DONE, TODAY - dt.timedelta(60), TODAY - dt.timedelta(45), 15)
    to_come = Mark(MarkState.TO_COME, TODAY + dt.timedelta(18), None, -18)
    lanes = (
        Lane("HbA1c", "3 mois", (done, to_come)),
        Lane("Vaccin grippe", "1 an", (late,)),
    )
    offered = (
        ProtocolChoice("diabetes-type-2", "Protocole diabète", True),
        ProtocolChoice("hypertension", "Protocole hypertension", False),
    )
    return LifeLine(TODAY, ("Protocole diabète",), (), lanes, offered)


class FakeRecords:
    """services.records.Records; ``hold`` keeps an answer until it is set."""

    def __init__(self) -> None:
        self.opens: list[str] = []
        self.more: dict[str, int] = {}
        self.allergies: dict[str, tuple[str, ...]] = {}
        self.hold: dict[str, threading.Event] = {}
        self.followed: list[tuple[str, bool]] = []

    def follow(self, patient_id: str, protocol: str, follow: bool) -> None:
        self.followed.append((protocol, follow))

    def must_be_due(self, patient_id: str, seen: Lane) -> None:
        if seen not in life_line().lanes:
            raise UserFacingError(
                "Cet acte a changé entre-temps.", advice="Vous voyiez autre chose."
            )

    def opened(self, patient_id: str) -> RecordView:
        self.opens.append(patient_id)
        if patient_id in self.hold:
            self.hold[patient_id].wait(2)
        return self.view(patient_id)

    def view(self, patient_id: str) -> RecordView:
        papers = [document(patient_id, n) for n in range(1, 3 + self.more.get(patient_id, 0))]
        lines = tuple(
            DocumentLine(
                p.document_id, p.origin, p.created_at, f"{p.title} de {patient_id}", p.type.label,
                p.kind, p.author, p.organisation, DmpState.NOT_DEPOSITED, False, False, p,
            )
            for p in papers
        )  # fmt: skip
        life = replace(life_line(), documents=lines)
        return RecordView(PEOPLE[patient_id], lines, (), life, self.allergies.get(patient_id, ()))


class FakeAnnulling:
    """services.annulling.Annulling over documents that ``of`` gives."""

    def __init__(self, of=lambda key: document("", 1, f"Document {key}")) -> None:
        self.of, self.said, self.mine = of, {}, False
        self.sent_to, self.in_dmp, self.taken_back = (), False, []

    def may_annul(self, document_id: str) -> bool:
        return self.mine and document_id not in self.said

    def about(self, document_id: str) -> Annulled:
        said = self.said.get(document_id)
        paper = replace(self.of(document_id), document_id=document_id, annulled=said)
        back = said is not None
        return Annulled(paper, self.in_dmp, 0, self.sent_to, may_take_back=back)

    def annul(self, document_id: str, why: str) -> Annulled:
        self.said[document_id] = Annulment(NOW, "8", why)
        return self.about(document_id)

    def take_back(self, document_id: str) -> None:
        self.taken_back.append(document_id)
        del self.said[document_id]


class FakeRefiling:
    """services.refiling.Refiling over documents that ``of`` gives."""

    def __init__(self, of=lambda key: document("", 1, f"Document {key}")) -> None:
        self.of, self.why_not, self.lines, self.moved, self.back = of, "", (), [], []
        self.sent = self.in_dmp = False
        self.names, self.seen = (), []

    def against(self, document_id: str, patient_id: str):
        return self.names

    def about(self, document_id: str) -> Refilable:
        paper = replace(self.of(document_id), document_id=document_id)
        return Refilable(paper, (paper,), (), self.lines, 0, self.sent, self.in_dmp, self.why_not)

    def move(self, document_id: str, patient_id: str | None, why: str, in_spite_of=()) -> Refiled:
        self.moved.append((document_id, patient_id, why))
        self.seen.append(in_spite_of)
        paper = self.of(document_id)
        return Refiled((paper,), self.lines, (), paper.patient_id or "", patient_id, ())

    def take_back(self, done: Refiled) -> tuple[object, ...]:
        self.back.append(done)
        return ()


class FakeReading:
    """services.reading.Reading; ``hold`` keeps the answer for one document."""

    def __init__(self) -> None:
        self.words = "<p>Tension <b>12/7</b></p>"
        self.hold: dict[str, threading.Event] = {}

    def open(self, document_id: str) -> OpenedDocument:
        if document_id in self.hold:
            self.hold[document_id].wait(2)
        patient_id = document_id.rpartition("-")[0]
        paper = document(patient_id, title=f"Document {document_id}")
        return opened(replace(paper, document_id=document_id), self.words)

    def understand(self, content: DocumentContent) -> OpenedDocument:
        return opened(content.document, self.words)

    def pdf(self, content: DocumentContent) -> bytes | None:
        return None


class FakeChecking:
    """services.checking.Checking: what is put in ``found``, or the refusal."""

    def __init__(self) -> None:
        self.found: tuple[Finding, ...] | UserFacingError = ()

    def check(self, content: DocumentContent) -> tuple[Finding, ...]:
        if isinstance(self.found, UserFacingError):
            raise self.found
        return self.found


class FakeVsm:
    """services.keeping_vsm.KeepingVsm that writes one sentence."""

    def __init__(self) -> None:
        self.drafts: list[str] = []

    def draft(self, patient_id: str) -> DocumentContent:
        self.drafts.append(patient_id)
        return DocumentContent(document(patient_id, title="Synthèse médicale"), b"<x/>")

    def keep(self, draft: DocumentContent) -> str:
        return draft.document.document_id


ORIGINAL = b"From: labo@tarro.mssante.example\r\n\r\nDocteur,\r\n"
DIGEST = "7c1e09aa" + "0" * 56


class FakeMail:
    """services.mail.Mail and services.filing_incoming.FilingIncoming over one mailbox."""

    def __init__(self) -> None:
        self.lines = {line.message.message_id: line for line in unassigned()}
        self.exchange: tuple[Message, ...] = ()
        self.asked: ReceiptAsked | None = None
        self.refusals: list[tuple[str, str]] = []
        self.rest: list[str] = []
        self.replacing: list[str] = []

    def folder(self, folder: Folder, own_folder: str = "") -> tuple[MessageLine, ...]:
        at = (folder, own_folder)
        here = (x for x in self.lines.values() if (x.message.folder, x.message.own_folder) == at)
        return tuple(here)

    def find(self, words: str) -> tuple[FoundLine, ...]:
        return tuple(
            FoundLine(x.message, x.patient, excerpt=x.message.text, words=words)
            for x in self.lines.values()
            if words.lower() in x.message.text.lower()
        )

    def empty_deleted(self, seen) -> tuple[int, int]:
        there = self.folder(Folder.DELETED)
        deleted = [line for line in there if line.message.message_id in seen]
        for line in deleted:
            del self.lines[line.message.message_id]
        return len(deleted), 0

    def accept_replacement(self, message_id: str) -> int:
        self.replacing.append(message_id)
        return 1

    def file_rest(self, message_id: str) -> int:
        self.rest.append(message_id)
        return 1

    def open(self, message_id: str) -> MessageView:
        line = self.lines[message_id]
        if line.message.unreadable is None:
            self.mark_read(message_id, True)
        return self.view(message_id)

    def view(self, message_id: str) -> MessageView:
        line = self.lines[message_id]
        ranked = tuple(
            RankedCandidate(Candidate(who.patient_id, how, (Reason("nom dans l’objet"),)), who)
            for who, how in ((SAUVEUR, Likelihood.PROBABLE), (LEGRAND, Likelihood.UNLIKELY))
        )
        shown = ranked if line.message.candidates else ()
        kept = KeptWhole(len(ORIGINAL), DIGEST, True, False) if line.message.unreadable else None
        return MessageView(
            line.message,
            line.patient,
            shown,
            exchange=self.exchange,
            receipt=self.asked,
            kept=kept,
        )

    def counts(self) -> dict[str, int]:
        bad = sum(line.message.unread for line in self.unreadable())
        return {"unread": 0, "unassigned": 0, "drafts": 1, "outbox": 2, "unreadable": bad}

    def unreadable(self) -> tuple[MessageLine, ...]:
        return tuple(x for x in self.lines.values() if x.message.unreadable is not None)

    def original(self, message_id: str) -> bytes:
        self.mark_read(message_id, True)
        return ORIGINAL

    def read_again(self, message_id: str) -> bool:
        """It can be read the second time it is asked."""
        line = self.lines[message_id]
        known = line.message.unreadable
        again = replace(known, tries=known.tries + 1) if known.tries < 2 else None
        self.lines[message_id] = replace(line, message=replace(line.message, unreadable=again))
        return again is None

    def move(
        self, message_id: str, folder: Folder, own_folder: str = "", seen=None
    ) -> tuple[Folder, str]:
        line = self.lines[message_id]
        there = replace(line.message, folder=folder, own_folder=own_folder)
        self.lines[message_id] = replace(line, message=there)
        return line.message.folder, line.message.own_folder

    def mark_read(self, message_id: str, read: bool) -> None:
        line = self.lines[message_id]
        self.lines[message_id] = replace(line, message=replace(line.message, unread=not read))

    def assign(self, message_id: str, patient_id: str) -> int:
        self._place(message_id, PEOPLE[patient_id], AssignedBy.DOCTOR)
        return 1

    def refuse(self, message_id: str, code: str) -> None:
        self.refusals.append((message_id, code))

    def undo(self, message_id: str) -> None:
        self._place(message_id, None, AssignedBy.NOBODY)

    def preview(self, message_id: str, attachment_id: str) -> tuple[DocumentContent, ...]:
        return (DocumentContent(document(CHEMIN.patient_id), b"<x/>"),)

    def _place(self, message_id: str, who: PatientView | None, by: AssignedBy) -> None:
        line = self.lines[message_id]
        self.lines[message_id] = MessageLine(replace(line.message, assigned_by=by), who)


class FakeReceipts:
    """services.reading_receipts.ReadingReceipts: what was answered; ``asked`` is put by a test."""

    def __init__(self, mail: FakeMail) -> None:
        self._mail, self.answers = mail, []

    def send(self, message_id: str) -> None:
        self._answer("sent", message_id)

    def send_by_itself(self, message_id: str) -> None:
        self._answer("sent by itself", message_id)

    def decline(self, message_id: str) -> None:
        self._answer("declined", message_id)

    def reopen(self, message_id: str) -> None:
        self.answers.append(("reopened", message_id))
        self._mail.asked = self._before

    def _answer(self, what: str, message_id: str) -> None:
        self.answers.append((what, message_id))
        self._before, self._mail.asked = self._mail.asked, None


class FakeFolders:
    """services.mail_folders.MailFolders over a list of names."""

    def __init__(self) -> None:
        self.kept = ["Cardiologie"]

    def names(self) -> tuple[tuple[str, int], ...]:
        return tuple((name, 0) for name in sorted(self.kept))

    def make(self, name: str) -> str:
        if name in self.kept:
            raise UserFacingError("Un dossier de ce nom existe déjà.")
        self.kept.append(name)
        return name

    def rename(self, name: str, new: str) -> str:
        self.kept[self.kept.index(name)] = new
        return new

    def remove(self, name: str) -> None:
        self.kept.remove(name)


class FakeWriting:
    """services.writing.Writing over one draft: what was kept, what was sent."""

    def __init__(self) -> None:
        self.kept: list[Draft] = []
        self.sent: list[Draft] = []
        self.refusal: UserFacingError | None = None
        self.reads = ReadBack()

    def new(
        self, patient_id: str | None = None, recipients: tuple[Correspondent, ...] = ()
    ) -> DraftView:
        body = "\n\nDr Paul MEDECIN5729"
        return self._view(Draft("d1", recipients, body=body, patient_id=patient_id))

    def reply(self, message_id: str, *, everybody: bool = False) -> DraftView:
        copies = (replace(COLLEAGUE, address="b@x.example"),) if everybody else ()
        return self._view(Draft("d1", (COLLEAGUE,), copies, "Re: Suivi", "\n\n> Bonjour"))

    def ask_again(self, message_id: str) -> DraftView:
        return self._view(Draft("d1", (COLLEAGUE,), (), "Re: Résultats", "Bonjour,"))

    def forward(self, message_id: str) -> DraftView:
        file = DraftFile("f1", "04_SuiviGrossesse.pdf", "application/pdf", 182_000)
        return self._view(Draft("d1", subject="Tr: Suivi", files=(file,)))

    def keep(self, draft: Draft) -> DraftView:
        self.kept.append(draft)
        return self._view(draft)

    def attach(self, draft: Draft, name: str, content: bytes) -> DraftView:
        file = DraftFile(name, name, "application/pdf", len(content))
        return self.keep(replace(draft, files=(*draft.files, file)))

    def attach_document(self, draft: Draft, document_id: str) -> DraftView:
        paper = DraftDocument(document_id, "CR de consultation")
        return self.keep(replace(draft, documents=(*draft.documents, paper)))

    def discard(self, draft: Draft) -> Thrown:
        self.kept.clear()
        return Thrown(draft, {})

    def bring_back(self, thrown: Thrown) -> None:
        self.kept.append(thrown.draft)

    def directory(self, words: str) -> tuple[Correspondent, ...]:
        return (COLLEAGUE,) if words.casefold() in "robert specialiste5737" else ()

    def read_back(self, draft: Draft) -> tuple[ReadBack, ...]:
        return tuple(replace(self.reads, title=one.title) for one in draft.documents)

    def citizen(self, patient_id: str) -> Correspondent:
        return Correspondent("148087599999999@patient.mssante.fr", PEOPLE[patient_id].name)

    def send(self, draft: Draft) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(draft)
        return "share-1"

    def _view(self, draft: Draft) -> DraftView:
        who = PEOPLE.get(draft.patient_id or "")
        papers = (document(who.patient_id),) if who else ()
        return DraftView(draft, who, 200_000, 10 * 1024 * 1024, papers)


COLLEAGUE = Correspondent(
    "robert@medecin.mssante.example", "SPECIALISTE5737", "Robert", "Dr", "Pneumologie",
    organisation="Cabinet", verified=True,
)  # fmt: skip


class FakeSharing:
    """services.sharing.Sharing: one DMP state, one colleague, what was shared."""

    def __init__(self) -> None:
        self.access: DmpAccess | UserFacingError = DmpAccess.TO_AUTHORISE
        self.qualified = True
        self.who = CHEMIN
        self.shared: list[ShareRequest] = []

    def propose(self, chosen: DocumentContent | str) -> ShareProposal:
        paper = document(self.who.patient_id, title="Synthèse médicale")
        return ShareProposal(
            replace(self.who, dmp=DmpAccess.UNKNOWN), paper, "Synthèse médicale", "Bonjour,", (),
            ("IHE_XDM.zip", "PDF"), self.qualified, self.qualified,
        )  # fmt: skip

    def check_dmp(self, patient_id: str) -> DmpStatus:
        if isinstance(self.access, UserFacingError):
            raise self.access
        return DmpStatus(self.access, False, NOW)

    def directory(self, words: str) -> tuple[Correspondent, ...]:
        return (COLLEAGUE,) if words.casefold() in "robert specialiste5737" else ()

    def further(self, words: str) -> tuple[Correspondent, ...]:
        online = Correspondent("noe@x.example", "NOÉ", verified=True)
        return (*self.directory(words), online) if "noé" in words.casefold() else ()

    def share(self, request: ShareRequest) -> str:
        self.shared.append(request)
        return "share-1"


class FakeArchiving:
    """What age archived: ``pass_at`` of ``ids``."""

    def __init__(self, mail: FakeMail) -> None:
        self.mail, self.ids, self.pass_at = mail, [], NOW

    def last(self) -> ArchivedByAge | None:
        return ArchivedByAge(self.pass_at, len(self.ids)) if self.ids else None

    def take_back(self, at) -> int:
        moved, self.ids = self.ids if at == self.pass_at else [], []
        for one in moved:
            self.mail.move(one, Folder.INBOX)
        return len(moved)


def make_desk() -> SimpleNamespace:
    """What records, messages and sharing need of a session."""
    mail = FakeMail()
    return SimpleNamespace(
        records=FakeRecords(),
        reading=FakeReading(),
        checking=FakeChecking(),
        vsm=FakeVsm(),
        mail=mail,
        archiving=FakeArchiving(mail),
        mail_folders=FakeFolders(),
        receipts=FakeReceipts(mail),
        writing=FakeWriting(),
        filing=mail,
        finding=FakeFinding(),
        sharing=FakeSharing(),
        dmp=SimpleNamespace(
            look_once=lambda patient_id: None,
            search=lambda patient_id, **how: (),
            fetch=lambda patient_id, entry, **how: "",
        ),
        drafting=SimpleNamespace(may_reopen=lambda document_id: ""),
        annulling=FakeAnnulling(),
        refiling=FakeRefiling(),
        closing=SimpleNamespace(
            propose=lambda patient_id: SimpleNamespace(empty=True, under_way=False)
        ),
        planning=SimpleNamespace(of_patient=lambda patient_id: ()),
        clock=SimpleNamespace(now=lambda: NOW),
        fetch_mail=lambda: None,
    )


PIXEL = Attachment(
    "croquis.png", "image/png",
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
        "0000000049454e44ae426082"
    ),
)  # fmt: skip
