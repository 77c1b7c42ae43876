"""A believable practice for the windows under test: frozen views, fake doors, no network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from lgc.domain.admission import AdmittedCard
from lgc.domain.agenda import Presence
from lgc.domain.ages import age_on
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.domain.card import CardChanged, CardPresence, CardState, LastTry, MalformedPin, WrongPin
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.domain.documents import Document, DocumentKind, Origin
from lgc.domain.identity import IdentityStatus, Sex
from lgc.domain.messages import Candidate, Folder, Likelihood, MailAttachment, Message
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.domain.receipts import Fate
from lgc.domain.waiting import times_after
from lgc.errors import UserFacingError
from lgc.services.access import Opened, UnknownCard
from lgc.services.views import (
    DayView,
    DeliveryView,
    Found,
    FoundDocument,
    FoundPatient,
    MessageLine,
    NewsGroup,
    NewsItem,
    PatientView,
    QueueCounts,
    QueueLine,
    VisitLine,
)

PARIS = dt.timezone(dt.timedelta(hours=1))
TODAY = dt.date(2026, 11, 6)
NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=PARIS)


def at(hour: int, minute: int, day: int = 6, month: int = 11, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=PARIS)


def patient(
    name: str,
    sex: Sex = Sex.FEMALE,
    dmp: DmpAccess = DmpAccess.AUTHORISED,
    born: dt.date = dt.date(1973, 8, 1),
    **more,
) -> PatientView:
    view = PatientView(
        patient_id=name,
        civility="Mme" if sex is Sex.FEMALE else "M.",
        name=name,
        birth_name=name.rpartition(" ")[0],
        sex=sex,
        birth_date=born,
        age=age_on(TODAY, born),
        ins="1 48 08 92 999 999 66",
        ins_status=IdentityStatus.QUALIFIED,
        dmp=dmp,
        dmp_checked_at=NOW,
        important="",
        important_detail="",
    )
    return replace(view, **more)


M, F = Sex.MALE, Sex.FEMALE
YES, ASK, NO = DmpAccess.AUTHORISED, DmpAccess.TO_AUTHORISE, DmpAccess.NONE
CHEMIN = patient(
    "CHEMIN Henri", M, YES, dt.date(1948, 8, 18),
    important="Diabétique", important_detail="Insuline · 2 points de vigilance",
)  # fmt: skip
LEGRAND = patient("LEGRAND Chantal", F, ASK, birth_name="PERRIN")
SAUVEUR = patient("SAUVEUR Sylvaine", F, NO, dt.date(1979, 1, 12))
MARTIN = patient("MARTIN Sylvie")
ANNE = patient("ANNE Marie-José")
DEVILLE = patient("DEVILLE Mathieu", M)
P = Presence
PLAN = [
    ("09:00", LEGRAND, P.DONE, None),
    ("09:15", SAUVEUR, P.DONE, None),
    ("09:30", patient("BOUTON Jacques", M), P.ABSENT, None),
    ("09:45", patient("CARTON Jules", M), P.IN_CONSULTATION, at(9, 49)),
    ("10:00", CHEMIN, P.ARRIVED, at(9, 45)),
    ("10:15", MARTIN, P.ARRIVED, at(9, 53)),
    ("10:30", patient("VALLEE Dominique", F, ASK), P.EXPECTED, None),
    ("10:45", patient("CARTIER Karine", F, NO), P.EXPECTED, None),
    ("11:00", DEVILLE, P.EXPECTED, None),
    ("11:15", ANNE, P.EXPECTED, None),
    ("11:30", patient("VANDIER Arthur", M, ASK), P.EXPECTED, None),
    ("11:45", patient("ARIANE Julie"), P.EXPECTED, None),
    ("12:30", patient("DESMAUX Nathalie"), P.EXPECTED, None),
    ("12:45", patient("DA SILVA José", M, ASK), P.EXPECTED, None),
]


def times(presence: Presence, since: dt.datetime | None) -> Times:
    """Those of a visit whose state began then."""
    mark = None if since is None else Mark(since)
    return {P.ARRIVED: Times(mark), P.IN_CONSULTATION: Times(None, mark)}.get(presence, NO_TIMES)


def visits() -> tuple[VisitLine, ...]:
    return tuple(
        VisitLine(
            f"v{number}",
            dt.datetime.combine(TODAY, dt.time.fromisoformat(time), tzinfo=PARIS),
            15,
            "Consultation",
            presence,
            since,
            who,
            times=times(presence, since),
        )
        for number, (time, who, presence, since) in enumerate(PLAN)
    )


def news() -> tuple[NewsGroup, ...]:
    D, MS = Origin.DMP, Origin.MSSANTE  # noqa: N806
    K = DocumentKind  # noqa: N806

    def group(who, hour, minute, *items):
        made = tuple(
            NewsItem(title, origin, kind, at(8, 0, day, month), document_id=f"{who.name}-{n}")
            for n, (title, origin, kind, day, month) in enumerate(items)
        )
        return NewsGroup(who, at(hour, minute), made)

    return (
        group(
            CHEMIN, 10, 0,
            ("Suivi – CR hospitalisation", MS, K.LETTER, 5, 11),
            ("CR d’examens biologiques – Centre Hospitalier Marie Curie", D, K.BIOLOGY, 3, 11),
            ("CR d’hospitalisation – Centre Hospitalier Marie Curie", D, K.STAY, 3, 11),
        ),
        group(
            LEGRAND, 9, 0,
            ("Fiche d’inscription RCP", MS, K.RCP, 5, 11),
            ("CR opératoire", MS, K.SURGERY, 5, 11),
        ),
        group(MARTIN, 10, 15, ("CR d’imagerie – Centre d’imagerie Boulogne", D, K.IMAGING, 2, 11)),
        group(
            ANNE, 11, 15,
            ("CR d’examens biologiques – Laboratoire Tarro", D, K.BIOLOGY, 30, 10),
            ("Avis dermatologique", MS, K.LETTER, 29, 10),
        ),
    )  # fmt: skip


def message(number: int, sender: str, subject: str, when: dt.datetime, candidates: int, pj: bool):
    files = (MailAttachment(f"a{number}", "04_Suivi.pdf", "application/pdf", 182_000),)
    return MessageLine(
        Message(
            message_id=f"m{number}",
            folder=Folder.INBOX,
            rfc_message_id=f"<{number}@mssante.example>",
            sender_name=sender,
            sender_address="robert@medecin.mssante.example",
            recipients=(),
            subject=subject,
            raw_subject=subject,
            sent_at=when,
            text="Bonjour,",
            attachments=files if pj else (),
            candidates=tuple(
                Candidate(SAUVEUR.patient_id, Likelihood.PROBABLE, ()) for _ in range(candidates)
            ),
        ),
        None,
    )


def unassigned() -> tuple[MessageLine, ...]:
    return (
        message(
            1, "SPECIALISTE5737 Robert", "Suivi de grossesse de Mme SAUVEUR", at(8, 47), 1, True
        ),
        message(2, "MEDECIN5978 Paul", "Compte rendu d’hospitalisation", at(8, 12), 3, True),
        message(3, "MEDECIN5978 Paul", "Information concernant votre patient", at(7, 55), 0, False),
    )


def delivery(
    number: str, channel: Channel, state: DeliveryState, words: str, **more
) -> DeliveryView:
    view = DeliveryView(
        delivery_id=number,
        channel=channel,
        state=state,
        words=words,
        reason="",
        code="",
        recipients=(),
        steps=(),
        reference="",
        next_attempt=None,
        can_retry=state is DeliveryState.REFUSED,
        can_withdraw=state in (DeliveryState.WAITING, DeliveryState.REFUSED),
        can_verify=state in (S.UNCERTAIN, S.CLOSED, S.SENDING),
    )
    return replace(view, **more)


S = DeliveryState


def queue() -> tuple[QueueLine, ...]:
    vsm_dmp = delivery(
        "d1", Channel.DMP, S.DELIVERED, "Déposé",
        steps=(
            (at(9, 14, second=31), "Autorisation enregistrée"),
            (at(9, 14, second=33), "Document déposé, visible"),
        ),
        reference="1.2.250.1.213.4.1.1.250.1.5729.88412",
    )  # fmt: skip
    vsm_mail = delivery(
        "d2", Channel.MSSANTE, S.DELIVERED, "Lu (1 sur 3)", fate=Fate.READ,
        recipients=("SPECIALISTE5737", "MEDECIN5978", "DUPONT"),
        steps=(
            (at(9, 14, second=32), "Accepté par le serveur"),
            (at(9, 14, second=35), "Pris en charge : SPECIALISTE5737, MEDECIN5978, DUPONT"),
        ),
        reference="20261106.091432@mssante",
    )  # fmt: skip
    lost = delivery(
        "d3", Channel.DMP, S.UNCERTAIN, "Envoi à vérifier",
        reason="le DMP n'a pas répondu à temps",
        steps=((at(9, 20, second=2), "Envoi au DMP"),),
    )  # fmt: skip
    return (
        QueueLine("s2", "doc2", "VSM du 05/11", DEVILLE, at(17, 40, 5), (
            delivery("d4", Channel.DMP, S.REFUSED, "Refusé", reason="INS à vérifier",
                     code="INVALID_INS", steps=((at(17, 41, 5), "Refus du DMP"),)),
        )),
        QueueLine("s1", "doc1", "Synthèse médicale (VSM)", LEGRAND, at(9, 14), (vsm_dmp, vsm_mail)),
        QueueLine("s3", "doc3", "CR de consultation", SAUVEUR, at(9, 30), (
            delivery("d5", Channel.MSSANTE, S.SENDING, "Envoi en cours",
                     recipients=("DUPONT", "MULLER"), steps=((at(9, 30), "Connexion"),)),
        )),
        QueueLine("s4", "doc4", "Prescription", LEGRAND, at(9, 31), (
            delivery("d6", Channel.MSSANTE, S.WAITING, "En attente",
                     reason="part après l'envoi en cours", recipients=("DUPONT",)),
        )),
        QueueLine("s5", "doc5", "CR de consultation", CHEMIN, at(9, 19), (lost,)),
    )  # fmt: skip


class FakeDay:
    """services.day.Day over the plan above."""

    def __init__(self) -> None:
        self.visits = {visit.visit_id: visit for visit in visits()}
        self.asked: list[dt.date | None] = []
        self.read: list[NewsGroup] = []
        self.empty = False

    def view(self, day: dt.date | None = None) -> DayView:
        self.asked.append(day)
        if self.empty:
            return DayView(day or TODAY, (), (), (), ())
        waiting = tuple(
            line for line in queue() if any(d.state not in (S.DELIVERED,) for d in line.deliveries)
        )
        shown = () if self.read else news()
        return DayView(day or TODAY, tuple(self.visits.values()), shown, unassigned(), waiting[:3])

    def set_presence(self, seen: VisitLine, presence: Presence) -> VisitLine:
        after = times_after(seen, presence, Mark(NOW))
        self.visits[seen.visit_id] = replace(seen, presence=presence, since=NOW, times=after)
        return seen

    def take_back(self, undo: VisitLine) -> None:
        self.visits[undo.visit_id] = undo

    def mark_all_read(self, groups: Sequence[NewsGroup]) -> None:
        self.read += groups


class FakeQueue:
    """services.queue.Queue over the shares above; remembers what was decided."""

    def __init__(self, lines: tuple[QueueLine, ...] | None = None) -> None:
        self.shown = queue() if lines is None else lines
        self.decided: list[tuple[str, str]] = []
        self.refuse: UserFacingError | None = None

    def lines(self, limit: int = 200) -> tuple[QueueLine, ...]:
        return self.shown

    def counts(self) -> QueueCounts:
        flat = [d.state for line in self.shown for d in line.deliveries]
        return QueueCounts(
            sum(s in (S.WAITING, S.SENDING) for s in flat),
            sum(s in (S.REFUSED, S.UNCERTAIN) for s in flat),
        )

    def retry(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        self._decide("retry", delivery_id)

    def withdraw(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        self._decide("withdraw", delivery_id)

    def verify_now(self, delivery_id: str) -> None:
        self._decide("verify", delivery_id)

    def resend(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        self._decide("resend", delivery_id)

    def assume_sent(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        self._decide("assume", delivery_id)

    def _decide(self, what: str, delivery_id: str) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.decided.append((what, delivery_id))


class FakeFinding:
    """services.finding.Finding that knows a few people."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, words: str, limit: int = 8) -> Found:
        self.asked.append(words)
        if words == "zzz":
            return Found(words, (), ())
        people = (
            CHEMIN,
            patient("CHEMINAUD Odile", F, YES, dt.date(1948, 3, 14), birth_name="DURAND"),
            patient("ROSIER Inès", F, NO, dt.date(1948, 11, 21), birth_name="CHEMIN"),
        )
        papers = tuple(
            FoundDocument(
                Document(
                    f"doc-{kind}", CHEMIN.patient_id, "1.2", "1.2", 1, title,
                    Coded("11502-2", "2.16"), kind, Origin.DMP, "text/xml", at(8, 0, 3), "MULLER",
                    "CH Marie Curie", "", 1,
                ),
                CHEMIN,
            )
            for kind, title in (
                (DocumentKind.BIOLOGY, "CR d’examens biologiques"),
                (DocumentKind.STAY, "CR d’hospitalisation"),
            )
        )  # fmt: skip
        return Found(words, tuple(FoundPatient(p, at(10, 0)) for p in people), papers)


HOLDER = CardHolder(
    "899700057294", "MEDECIN5729", "Paul", Coded("10", "1.2.250.1.71.1.2.7", "Médecin"), "SM26", "1"
)
OTHER_HOLDER = replace(
    HOLDER,
    national_id="899700000001",
    family_name="AUTRE0001",
    given_name="Anne",
    card_serial="2",
)
CABINET = PlaceOfPractice("499700057294004", "Cabinet M MEDECIN5729", "SA07")
CLINIC = PlaceOfPractice("10B0152872", "Centre de santé 5729", "SA05")


class FakeDoor:
    """A card, a reader and a store in memory; PIN 1234, three tries, like the real ones."""

    def __init__(self) -> None:
        self.card = CardState(CardPresence.READY, "Lecteur de test 01", HOLDER, 3)
        self.places: tuple[PlaceOfPractice, ...] = (CABINET,)
        self.last: PlaceOfPractice | None = CABINET
        self.recovery: str | None = None
        self.known = True
        self.session: CardHolder | None = None
        self.locks: list[str] = []
        self.pins = 0
        self.kept = 0
        self.practice = True
        self.admitted = (AdmittedCard("a" * 64, "Paul", NOW, False, HOLDER, (CABINET,)),)

    def remove(self) -> None:
        self.card = CardState(CardPresence.NO_CARD, "Lecteur de test 01")

    def insert(self, holder: CardHolder = HOLDER) -> None:
        self.card = CardState(CardPresence.READY, "Lecteur de test 01", holder, 3)

    def observe(self) -> CardState:
        return self.card

    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> Opened:
        if self.card.holder is not None and serial != self.card.holder.card_serial:
            raise CardChanged
        if len(pin) != 4:
            raise MalformedPin
        if self.card.tries_left == 1 and not last_try_confirmed:
            raise LastTry
        self.pins += 1
        if pin != "1234":
            self.card = replace(self.card, tries_left=self.card.tries_left - 1)
            raise WrongPin(self.card.tries_left)
        self.card = replace(self.card, tries_left=3)
        if not self.known:
            raise UnknownCard(
                "Cette carte n'ouvre pas encore ce cabinet.", advice="Clé de secours."
            )
        return self._opened()

    def enrol(self, recovery_code: str) -> Opened:
        if recovery_code != "ABCD-EFGH":
            raise UserFacingError("Cette clé de secours n'est pas la bonne.", may_retry=True)
        self.known = True
        return self._opened()

    def keep_code(self) -> None:
        self.kept += 1

    def has_practice(self) -> bool:
        return self.practice

    def open_without_card(self, recovery_code: str) -> tuple[AdmittedCard, ...]:
        if recovery_code != "ABCD-EFGH":
            raise UserFacingError("Cette clé de secours n'est pas la bonne.", may_retry=True)
        return self.admitted

    def sit(self, card: AdmittedCard) -> Opened:
        assert card.holder is not None
        same = self.session == card.holder
        self.session = card.holder
        return Opened(card.holder, card.places, card.places[0], None, same, without_card=True)

    def _opened(self) -> Opened:
        holder = self.card.holder
        assert holder is not None
        same = self.session == holder
        self.session = holder
        return Opened(holder, self.places, self.last, self.recovery, same)

    def choose(self, place: PlaceOfPractice) -> Practitioner:
        self.last = place
        assert self.session is not None
        return Practitioner(self.session, place)

    def lock(self, why: str) -> None:
        self.locks.append(why)
