"""What a delivery says and the one action it offers. Pure."""

from __future__ import annotations

from lgc.desktop import text
from lgc.desktop.components.rows import Cell
from lgc.desktop.theme.glyphs import CHANNEL, DELIVERY
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.services.views import DeliveryView, QueueLine

RETRY, WITHDRAW, VERIFY = "retry", "withdraw", "verify"
LOST = (
    "Le document est peut-être arrivé. L’application le demandera au {other} avant tout nouvel "
    "envoi."
)
OTHER = {Channel.DMP: "DMP", Channel.MSSANTE: "serveur de messagerie"}


def action_of(delivery: DeliveryView) -> tuple[str, str, str]:
    """Name, word and glyph of the one action; empty when there is none."""
    if delivery.state is DeliveryState.UNCERTAIN and delivery.can_verify:
        return VERIFY, "Vérifier maintenant", "ri.refresh-line"
    if delivery.can_retry:
        return RETRY, "Réessayer", "ri.refresh-line"
    if delivery.can_withdraw:
        return WITHDRAW, "Retirer", ""
    return "", "", ""


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
        return LOST.format(other=OTHER[delivery.channel])
    if delivery.state is DeliveryState.WAITING and delivery.next_attempt is not None:
        when = text.time_in_words(text.local(delivery.next_attempt))
        return f"Nouvel essai automatique à {when}."
    if delivery.state is DeliveryState.REFUSED and not delivery.advice:
        return "Le document reste dans le dossier."
    return ""


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
    sign = DELIVERY[delivery.state]
    late = delivery.state in (DeliveryState.REFUSED, DeliveryState.UNCERTAIN)
    name, words, glyph = action_of(delivery)
    look = "plain" if name in (RETRY, VERIFY) else "quiet"
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
        Cell(words, glyph=glyph, button=look if words else ""),
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
