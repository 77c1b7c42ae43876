"""What a delivery says and the acts that it offers. Pure."""

from __future__ import annotations

from typing import NamedTuple

from lgc.desktop import text
from lgc.desktop.components.rows import Cell
from lgc.desktop.theme.glyphs import CHANNEL, sending
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.services.views import DeliveryView, QueueLine

RETRY, WITHDRAW, VERIFY, SEE = "retry", "withdraw", "verify", "see"
RESEND, ASSUME = "resend", "assume"
OTHER = {Channel.DMP: "DMP", Channel.MSSANTE: "serveur de messagerie"}
MAYBE = "L’envoi est peut-être arrivé. L’application le demande au {other} et ne renvoie rien."
DECIDE = "Sans preuve, c’est à vous de décider : renvoyer, ou considérer comme parti."
CLOSED = "Fermé sans preuve : jamais compté comme reçu."


class Act(NamedTuple):
    """One thing that the doctor may do: its name, its word, its glyph, what its tip says."""

    name: str
    word: str
    glyph: str = ""
    tip: str = ""


ACTS = {
    RETRY: Act(RETRY, "Réessayer", "ri.refresh-line", "Envoyer de nouveau, sous les mêmes numéros"),
    WITHDRAW: Act(WITHDRAW, "Retirer", "", "Ne pas envoyer ; le document reste au dossier"),
    VERIFY: Act(VERIFY, "Vérifier", "ri.refresh-line", "Demander si l’envoi est arrivé"),
    RESEND: Act(RESEND, "Renvoyer", "ri.send-plane-line", "Envoyer une seconde fois"),
    ASSUME: Act(ASSUME, "Considérer comme parti", "", "Fermer sans preuve de réception"),
    SEE: Act(SEE, "Voir", "", "Voir le document, ou le message"),
}
TRY_NOW = Act(VERIFY, "Essayer maintenant", "ri.refresh-line", "Sans attendre le prochain essai")


def actions_of(delivery: DeliveryView) -> tuple[Act, ...]:
    """What the doctor may do with a delivery, the first thing first; never nothing."""
    waits = delivery.state is DeliveryState.WAITING
    offered = (
        (delivery.can_verify and not waits, ACTS[VERIFY]),
        (delivery.can_decide, ACTS[RESEND]),
        (delivery.can_decide, ACTS[ASSUME]),
        (delivery.can_retry, ACTS[RETRY]),
        (delivery.can_withdraw, ACTS[WITHDRAW]),
        (delivery.can_verify and waits, TRY_NOW),
    )
    return tuple(one for possible, one in offered if possible) or (ACTS[SEE],)


def action_of(delivery: DeliveryView) -> Act:
    """The first of its acts: where there is room for one only."""
    return actions_of(delivery)[0]


def reason(delivery: DeliveryView) -> str:
    """State and reason in one sentence: « Refusé : INS à vérifier »."""
    why = text.french(delivery.reason)
    if delivery.state is DeliveryState.SENDING and delivery.channel is Channel.MSSANTE:
        number = len(delivery.recipients)
        return (
            f"Envoi en cours vers {text.count(number, 'destinataire')}"
            if number
            else (delivery.words)
        )
    return f"{delivery.words}{text.NB}: {why}" if why else delivery.words


def advice(delivery: DeliveryView) -> str:
    """The remedy of its reason, then what the application does next by itself."""
    return " ".join(part for part in (delivery.advice, _next(delivery)) if part)


def _next(delivery: DeliveryView) -> str:
    if delivery.state is DeliveryState.UNCERTAIN:
        after = DECIDE if delivery.can_decide else MAYBE.format(other=OTHER[delivery.channel])
        return " ".join(part for part in (known(delivery), after) if part)
    if delivery.state is DeliveryState.CLOSED:
        return " ".join(part for part in (known(delivery), CLOSED) if part)
    if delivery.state is DeliveryState.WAITING and delivery.next_attempt is not None:
        when = text.time_in_words(text.local(delivery.next_attempt))
        return f"Nouvel essai automatique à {when}."
    if delivery.state is DeliveryState.REFUSED and not delivery.advice:
        return "Le document reste dans le dossier."
    return ""


def known(delivery: DeliveryView) -> str:
    """« Demandé à 10 h 12 : aucune copie… »: when the other side was asked, what came of it."""
    if delivery.asked_at is None:
        return ""
    when = text.time_in_words(text.local(delivery.asked_at))
    return f"Demandé à {when}{text.NB}: {text.uncapital(delivery.found)}"


def details(delivery: DeliveryView) -> str:
    """The other side's own code and words, for who helps; empty when it said nothing."""
    return delivery.details or (f"Code {delivery.code}" if delivery.code else "")


def title_of(delivery: DeliveryView) -> str:
    """« DMP » or « MSSanté, 3 destinataires »."""
    name = CHANNEL[delivery.channel].word
    number = len(delivery.recipients)
    return f"{name}, {text.count(number, 'destinataire')}" if number else name


def line_cells(line: QueueLine, delivery: DeliveryView) -> tuple[Cell, Cell, Cell, Cell]:
    """Document and patient, channel, state, action: a waiting send in one row."""
    sign = sending(delivery.state, delivery.fate)
    late = delivery.state in (DeliveryState.REFUSED, DeliveryState.UNCERTAIN)
    first = action_of(delivery)
    look = "plain" if first.name in (RETRY, VERIFY) else "quiet"
    return (
        Cell(
            f"{line.title} · ", glyph=sign.glyph, glyph_tone=sign.role,
            strong_tail=whom(line), spoken=f"{line.title}, {whom(line)}",
        ),
        Cell(CHANNEL[delivery.channel].word, tone="text.muted"),
        Cell(
            reason(delivery), tone="warn" if late else "text.muted",
            tooltip=text.french(advice(delivery)),
        ),
        Cell(first.word, glyph=first.glyph, button=look, tooltip=first.tip),
    )  # fmt: skip


def whom(line: QueueLine) -> str:
    """The name of the patient, or who a message without a record goes to."""
    if line.patient is not None:
        return line.patient.name
    return ", ".join(line.deliveries[0].recipients[:2]) if line.deliveries else ""


def person_of(line: QueueLine) -> str:
    """« M. CHEMIN Henri », or who the message goes to."""
    civility = line.patient.civility if line.patient is not None else ""
    return f"{civility} {whom(line)}".strip()


def receipts_text(line: QueueLine) -> str:
    """What « Copier les accusés » puts in the clipboard."""
    parts = [f"{line.title}, {text.date_time(text.local(line.shared_at))}"]
    for delivery in line.deliveries:
        parts.append(f"{title_of(delivery)}{text.NB}: {delivery.words}")
        parts += [f"  {text.clock(text.local(at))} {words}" for at, words in delivery.steps]
        if delivery.reference:
            parts.append(f"  Accusé {delivery.reference}")
        if details(delivery):
            parts.append(f"  {details(delivery)}")
    return "\n".join(parts)
