"""The visit as a doctor would make it: each step acts, waits, looks, keeps a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QTextBrowser, QWidget

from lgc.bootstrap import Office
from lgc.demo import Sandbox
from lgc.desktop.access.post import PostDialog
from lgc.desktop.access.screen import AccessScreen
from lgc.desktop.access.view import Stage
from lgc.desktop.app import Desktop
from lgc.desktop.components.tables import Table
from lgc.desktop.home.page import HomePage
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.main_window import MainWindow
from lgc.desktop.queue.page import QueuePage
from lgc.desktop.record.record_page import Record
from lgc.desktop.search.dialog import SearchDialog
from lgc.desktop.sharing.share_dialog import ShareDialog
from lgc.domain.deliveries import DeliveryState
from lgc.domain.documents import Origin
from lgc.domain.messages import AssignedBy
from lgc.domain.patients import DmpAccess
from lgc.services.views import DocumentLine, MessageLine
from lgc.tour import (
    steps_admin,
    steps_agenda,
    steps_allergies,
    steps_cda,
    steps_dmp,
    steps_listing,
    steps_mail,
    steps_medical,
    steps_outside,
    steps_who,
    steps_writing,
)
from lgc.tour.driver import Doctor, TourFailure, in_background
from lgc.tour.steps_biology import biology, biology_curves, reuse
from lgc.tour.wire import Wire

W = TypeVar("W", bound=QWidget)
PATIENT = "CHEMIN"
RECIPIENT = "SPECIALISTE5737"
ARRIVAL = "hba1c"


@dataclass
class Visit:
    """What the steps share: the windows, the hands, the sandbox and what was seen on the way."""

    desktop: Desktop
    doctor: Doctor
    sandbox: Sandbox
    wire: Wire
    office: Office
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def window(self) -> MainWindow:
        if self.desktop.window is None:
            raise TourFailure("no session is open")
        return self.desktop.window

    @property
    def access(self) -> AccessScreen:
        return self.desktop.access

    def page(self, kind: type[W], key: str) -> W:
        page = self.window.page(key)
        if not isinstance(page, kind):
            raise TourFailure(f"{key} is not a {kind.__name__}")
        return page

    @property
    def record(self) -> Record:
        page = self.window.current_page()
        if not isinstance(page, Record):
            raise TourFailure("no record is in view")
        return page


Step = Callable[[Visit], None]


def card_is_read(visit: Visit) -> None:
    visit.doctor.until(lambda: visit.access.view.stage is Stage.PIN, "the card's holder")
    visit.doctor.picture("acces-carte-lue")


def workstation_is_tried(visit: Visit) -> None:
    visit.doctor.click(visit.access.post)
    dialog = _covers(visit, PostDialog)[0]
    visit.doctor.until(lambda: dialog.tried, "every setting of this computer is tried")
    visit.doctor.picture("reglages-du-poste")
    visit.doctor.press("Esc")
    visit.doctor.until(lambda: visit.access.pin.hasFocus(), "the PIN has the keys again")


def wrong_pin(visit: Visit) -> None:
    wrong = "".join(str(9 - int(digit)) for digit in visit.sandbox.facts["pin"])
    _type_pin(visit, wrong)
    visit.doctor.press("Return")
    visit.doctor.until(lambda: visit.access.view.stage is Stage.WRONG_PIN, "two tries left")
    visit.doctor.picture("acces-code-incorrect")


def right_pin(visit: Visit) -> None:
    _type_pin(visit, visit.sandbox.facts["pin"])
    visit.doctor.press("Return")
    stages = (Stage.RECOVERY_CODE, Stage.PLACE)
    visit.doctor.until(lambda: visit.access.view.stage in stages, "the store is made")
    visit.doctor.picture("cle-de-secours")


def recovery_code_kept(visit: Visit) -> None:
    visit.doctor.click(
        visit.access.recovery.box, QPoint(10, visit.access.recovery.box.height() // 2)
    )
    visit.doctor.click(visit.access.open_button)
    visit.doctor.until(lambda: visit.access.view.stage is Stage.PLACE, "the places of practice")
    visit.doctor.picture("lieu-d-exercice")


def place_chosen(visit: Visit) -> None:
    visit.doctor.click(visit.access.open_button)
    visit.doctor.until(lambda: visit.desktop.window is not None, "the session")
    visit.doctor.until(lambda: not visit.desktop.lock.isVisible(), "the door is open")


def the_day(visit: Visit) -> None:
    home = visit.page(HomePage, "home")
    visit.doctor.until(lambda: len(home.days.table.rows()) >= 16, "sixteen visits")

    def all_asked() -> bool:
        lines = [r for r in home.days.table.rows() if hasattr(r, "patient")]
        unknown = [r for r in lines if r.patient.dmp is DmpAccess.UNKNOWN and r.patient.ins]
        return not unknown

    visit.doctor.until(all_asked, "the DMP answered for the day's patients", 60)
    visit.doctor.until(lambda: home.news.table.rows(), "news of the patients", 30)
    visit.doctor.until(lambda: home.unassigned.table.rows(), "messages to assign", 30)
    visit.doctor.picture("accueil")


def search_patient(visit: Visit) -> None:
    visit.doctor.press("Ctrl+K")
    visit.doctor.until(lambda: _covers(visit, SearchDialog), "the search box")
    dialog = _covers(visit, SearchDialog)[0]
    visit.doctor.type("chemein 48")
    visit.doctor.until(lambda: PATIENT in _listed(dialog), "somebody of nearly that name")
    # Nobody is chosen beforehand for a name that was not typed.
    visit.doctor.press("Down")
    visit.doctor.until(
        lambda: (found := dialog.list.current()) and PATIENT in found.title, "the patient"
    )
    visit.doctor.picture("recherche")


def _listed(dialog: SearchDialog) -> str:
    model = dialog.list.model()
    told = Qt.ItemDataRole.AccessibleTextRole
    rows = (model.index(row, 0) for row in range(model.rowCount()))
    return " ".join(str(row.data(told) or row.data()) for row in rows)


def open_record(visit: Visit) -> None:
    visit.doctor.press("Return")
    visit.doctor.until(lambda: isinstance(visit.window.current_page(), Record), "a record")
    visit.doctor.until(lambda: visit.record.patient is not None, "the record is read")
    assert visit.record.patient is not None
    if PATIENT not in visit.record.patient.name:
        raise TourFailure("another record was opened")
    visit.seen["patient"] = visit.record.patient_id
    visit.doctor.until(lambda: visit.record.documents.table.rows(), "documents of the record")
    visit.doctor.picture("dossier")


def make_vsm(visit: Visit) -> None:
    visit.doctor.click(visit.record.vsm_button)
    shown = visit.record
    visit.doctor.until(lambda: shown.stack.currentWidget() is shown.document, "the summary")
    opened = shown.document.opened
    assert opened is not None
    visit.wire.keep("vsm.xml", opened.content.content)
    visit.wire.keep("vsm.pdf", opened.content.pdf or b"")
    visit.doctor.until(
        lambda: "Diab" in visit.doctor.find(QTextBrowser, "documentText").toPlainText(),
        "what the summary says",
    )
    if bare := steps_cda.uncoded(opened.content.content):
        raise TourFailure(f"the summary leaves without a code: {', '.join(bare)}")
    visit.doctor.picture("synthese-medicale")


def share_opens(visit: Visit) -> None:
    visit.doctor.press("Ctrl+Shift+P")
    visit.doctor.until(lambda: _covers(visit, ShareDialog), "the sharing dialog")
    dialog = _covers(visit, ShareDialog)[0]
    visit.doctor.until(lambda: dialog.dmp.consent_needed, "the DMP asks for an authorisation")
    visit.doctor.picture("partager-dmp-a-autoriser")


def share_is_filled(visit: Visit) -> None:
    dialog = _covers(visit, ShareDialog)[0]
    consent = visit.doctor.find(QCheckBox, "consent")
    visit.doctor.click(consent, QPoint(10, consent.height() // 2))
    visit.doctor.click(dialog.recipients.edit)
    visit.doctor.type(RECIPIENT[:6].lower())
    visit.doctor.until(lambda: dialog.recipients.suggesting, "recipients by completion")
    visit.doctor.picture("partager-destinataires")
    visit.doctor.press("Return")
    visit.doctor.until(lambda: dialog.recipients.chosen, "a recipient")
    visit.doctor.until(lambda: not dialog.missing(), "nothing is missing any more")
    visit.doctor.picture("partager-pret")


def share_is_sent(visit: Visit) -> None:
    visit.doctor.press("Ctrl+Return")
    visit.doctor.until(lambda: not _covers(visit, ShareDialog), "control comes back", 10)
    visit.doctor.picture("partage-lance")


def receipts(visit: Visit) -> None:
    visit.doctor.press("Ctrl+Shift+E")
    queue = visit.page(QueuePage, "queue")

    def delivered() -> bool:
        lines = queue.lines
        return bool(lines) and all(d.state is DeliveryState.DELIVERED for d in lines[0].deliveries)

    visit.doctor.until(delivered, "both deliveries have their receipts", 60)
    if not queue.cards:
        visit.doctor.click(queue.filter.button("all"))
    visit.doctor.until(lambda: len(queue.cards) == 2, "two receipts shown")
    visit.doctor.picture("accuses")


def search_dmp(visit: Visit) -> None:
    visit.window.open_record(visit.seen["patient"])
    record = visit.record
    record.show_home()
    visit.doctor.press("F5")
    visit.doctor.until(lambda: _from_dmp(record), "documents found in the DMP", 30)
    visit.doctor.picture("dossier-documents-du-dmp")


def open_from_dmp(visit: Visit) -> None:
    record = visit.record
    line = _from_dmp(record)[0]
    record.documents.table.select(line.key)
    record.documents.table.setFocus()
    visit.doctor.press("Return")
    visit.doctor.until(lambda: record.stack.currentWidget() is record.document, "the document", 30)
    visit.doctor.picture("document-du-dmp")
    visit.doctor.press("Esc")


def report_arrives(visit: Visit) -> None:
    in_background(lambda: visit.sandbox.control("/mail", {"arrival": ARRIVAL}))
    visit.doctor.press("Ctrl+M")
    page = visit.page(MailPage, "messages")
    visit.doctor.breathe(0.5)
    visit.doctor.press("F5")

    def filed() -> list[MessageLine]:
        return [
            line
            for line in _messages(page)
            if line.message.assigned_by is AssignedBy.ITSELF
            and line.message.unread
            and line.patient is not None
            and line.patient.patient_id == visit.seen["patient"]
        ]

    visit.doctor.until(filed, "the report filed itself in the right record", 30)
    page.table.select(filed()[0].message.message_id)
    visit.doctor.until(
        lambda: page.preview.view is not None and page.preview.view.patient is not None,
        "why it was filed",
    )
    visit.doctor.picture("message-classe-de-lui-meme")


def assign_by_hand(visit: Visit) -> None:
    page = visit.page(MailPage, "messages")
    waiting = [
        line
        for line in _messages(page)
        if line.patient is None
        and line.message.candidates
        and line.message.attachments
        and line.message.unreadable is None
    ]
    if not waiting:
        raise TourFailure("no message waits for a record")
    message_id = waiting[0].message.message_id
    page.table.select(message_id)
    page.table.setFocus()
    visit.doctor.until(lambda: _shown(page) == message_id, "the message")
    if page.preview.assign.chosen is None:
        visit.doctor.press("1")  # nobody doubtful is chosen beforehand
    visit.doctor.picture("message-a-assigner")
    visit.doctor.click(page.preview.assign.button)
    visit.doctor.until(
        lambda: (
            (view := page.preview.view) is not None
            and view.message.message_id == message_id
            and view.patient is not None
        ),
        "the message is in a record",
    )
    visit.doctor.picture("message-assigne")


def card_pulled(visit: Visit) -> None:
    visit.window.open_record(visit.seen["patient"])
    visit.record.documents.search.setFocus()
    visit.doctor.type("hémoglobine")
    in_background(lambda: visit.sandbox.control("/card", {"pulled": True}))
    visit.doctor.until(lambda: visit.desktop.lock.isVisible(), "the screen is covered", 5)
    visit.doctor.until(lambda: visit.access.view.stage is Stage.NO_CARD, "no card")
    visit.doctor.picture("carte-retiree")


def card_back(visit: Visit) -> None:
    in_background(lambda: visit.sandbox.control("/card", {"pulled": False}))
    visit.doctor.until(lambda: visit.access.view.asks_pin, "the card again")
    _type_pin(visit, visit.sandbox.facts["pin"])
    visit.doctor.press("Return")
    visit.doctor.until(lambda: not visit.desktop.lock.isVisible(), "the same place")
    if visit.record.documents.search.text() != "hémoglobine":
        raise TourFailure("what was typed is lost")
    visit.record.documents.search.clear()
    visit.doctor.breathe(0.4)
    visit.doctor.picture("meme-endroit")


def settings_are_searched(visit: Visit) -> None:
    """« delai dmp » brings the one setting forward; nothing is changed."""
    visit.doctor.press("Ctrl+,")
    page = visit.window.page("settings")
    visit.doctor.until(lambda: page.isVisible(), "the settings")
    visit.doctor.breathe(0.3)
    visit.doctor.picture("reglages")
    visit.doctor.type("delai dmp")
    visit.doctor.breathe(0.4)
    visit.doctor.picture("reglages-recherche")
    visit.doctor.press("Ctrl+H")


def other_theme(visit: Visit) -> None:
    visit.doctor.press("Ctrl+Shift+L")
    visit.doctor.breathe(0.4)
    visit.doctor.picture("reglages-autre-theme")
    visit.doctor.press("Ctrl+Tab")
    visit.doctor.breathe(0.6)
    visit.doctor.picture("dossier-autre-theme")
    visit.doctor.press("Ctrl+H")
    visit.doctor.breathe(0.6)
    visit.doctor.picture("accueil-autre-theme")
    visit.doctor.press("Ctrl+G")
    visit.doctor.breathe(0.6)
    visit.doctor.picture("agenda-autre-theme")
    visit.doctor.press("Ctrl+M")
    visit.doctor.breathe(0.6)
    visit.doctor.picture("messages-autre-theme")
    visit.doctor.press("?")
    visit.doctor.breathe(0.3)
    visit.doctor.picture("raccourcis")
    visit.doctor.press("Esc")


STEPS: tuple[tuple[str, Step], ...] = (
    ("la carte est lue", card_is_read),
    ("les réglages du poste", workstation_is_tried),
    ("un code faux", wrong_pin),
    ("le bon code", right_pin),
    ("la clé de secours du cabinet", recovery_code_kept),
    ("le lieu d’exercice", place_chosen),
    ("la journée", the_day),
    ("l’agenda", steps_agenda.agenda),
    ("le mois", steps_agenda.agenda_month),
    ("deux homonymes", steps_who.homonyms),
    ("chercher un patient", search_patient),
    ("ouvrir son dossier", open_record),
    ("les données médicales", steps_medical.medical_data),
    ("la consultation", steps_writing.consultation),
    ("l’ordonnance", steps_writing.prescription),
    ("l’allergie et l’ordonnance", steps_allergies.allergy_met),
    ("les autres prescriptions", steps_writing.orders),
    ("le courrier", steps_writing.letter),
    ("le certificat", steps_writing.certificate),
    ("fermer le dossier", steps_writing.closing),
    ("faire la synthèse", make_vsm),
    ("vérifier la synthèse", steps_cda.check_document),
    ("partager", share_opens),
    ("accord et destinataire", share_is_filled),
    ("envoyer", share_is_sent),
    ("les deux accusés", receipts),
    ("les échanges avec l’extérieur", steps_outside.outside),
    ("chercher dans le DMP", search_dmp),
    ("ouvrir un document du DMP", open_from_dmp),
    ("mes droits sur le DMP", steps_dmp.rights),
    ("masquer un document", steps_dmp.masking),
    ("la liste des documents", steps_listing.documents_listed),
    ("les mesures", steps_listing.measures_taken),
    ("les données administratives", steps_admin.administrative),
    ("les rendez-vous du dossier", steps_admin.visits),
    ("la biologie", biology),
    ("les courbes", biology_curves),
    ("reprendre une synthèse", reuse),
    ("un compte rendu se classe", report_arrives),
    ("assigner un message", assign_by_hand),
    ("un message illisible", steps_mail.unreadable_message),
    ("écrire un message", steps_mail.write_message),
    ("garder un brouillon", steps_mail.keep_draft),
    ("répondre", steps_mail.reply_to_message),
    ("ranger et retrouver un message", steps_mail.arrange_message),
    ("un accusé de lecture", steps_mail.answer_receipt),
    ("les contacts", steps_mail.keep_contacts),
    ("créer un patient", steps_admin.new_patient),
    ("la carte est retirée", card_pulled),
    ("la carte revient", card_back),
    ("les réglages", settings_are_searched),
    ("les nomenclatures", steps_listing.nomenclatures_shown),
    ("soixante patients", steps_agenda.full_day),
    ("l’autre thème", other_theme),
)


def _type_pin(visit: Visit, pin: str) -> None:
    visit.doctor.until(lambda: visit.access.pin.takes_keys, "the field takes keys")
    visit.doctor.type(pin)


def _covers(visit: Visit, kind: type[W]) -> list[W]:
    return [w for w in visit.desktop.frame.findChildren(kind) if w.isVisible()]


def _from_dmp(record: Record) -> list[DocumentLine]:
    return [
        line
        for line in record.documents.table.rows()
        if line.origin is Origin.DMP and line.entry is not None
    ]


def _messages(page: MailPage) -> list[MessageLine]:
    table: Table[object] = page.table  # type: ignore[assignment]
    return [row for row in table.rows() if isinstance(row, MessageLine)]


def _shown(page: MailPage) -> str:
    return page.preview.view.message.message_id if page.preview.view is not None else ""
