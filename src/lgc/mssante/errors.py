"""What a failed exchange with an operator means: try later, refused, or unknown (RFC 5321 §4.2).

One table per question asked of an error. The server's own code and words stay « Détails », but for
long digit runs: the address of a patient in Mon espace santé is an INS.
"""

from __future__ import annotations

from lgc.domain.verdicts import Fate, Meaning, Verdict, without_numbers
from lgc.errors import UserFacingError
from lgc.transport.errors import MalformedAnswer, NoAnswer, NothingSent, TransportError
from lgc.transport.mail_imap import MailboxRefused
from lgc.transport.mail_smtp import MailBusy, MailRefused
from lgc.transport.revocation import EXPIRED, REVOKED, UNKNOWN

_SOON = "C’est souvent passager ; rien n’est perdu."
_CARD = "Retirez puis réinsérez la carte, et vérifiez votre adresse MSSanté dans les réglages."
_ADDRESS = "Vérifiez l’adresse dans vos contacts, puis envoyez de nouveau."
_ROOM = "Réessayez plus tard, ou envoyez de nouveau avec moins de pièces jointes."
_KEPT = "Rien n’est perdu ; transmettez les détails à l’assistance."
_LISTS = "Vérifiez les listes de révocation dans les réglages."
_CLOCK = "Mettez cet ordinateur à l’heure, puis recommencez."
_TRUST = "Vérifiez l’adresse du serveur et le fichier des autorités dans les réglages."

# What the certificate of the server is found to be: nothing left then.
TLS: dict[str, Meaning] = {
    REVOKED: Meaning(
        Fate.LATER, "Le certificat du serveur MSSanté est révoqué ; rien n’a été envoyé.", _LISTS
    ),
    UNKNOWN: Meaning(
        Fate.LATER,
        "La révocation du certificat du serveur MSSanté n’a pas pu être vérifiée.",
        _LISTS,
    ),
    EXPIRED: Meaning(Fate.LATER, "Le certificat du serveur MSSanté est périmé.", _CLOCK),
    "SSLCertVerificationError": Meaning(
        Fate.LATER, "Le serveur joint n’est pas reconnu comme celui de MSSanté.", _TRUST
    ),
}
KINDS: dict[type[TransportError], Meaning] = {
    NothingSent: Meaning(
        Fate.LATER, "Le serveur MSSanté ne répond pas.", "Vérifiez la connexion à Internet."
    ),
    # Told before the message begins to leave, or of a question.
    MalformedAnswer: Meaning(
        Fate.LATER, "La réponse du serveur MSSanté est illisible ou sans fin.", _KEPT
    ),
    NoAnswer: Meaning(Fate.ASK, "Le serveur MSSanté n’a pas confirmé.", _SOON),
    MailBusy: Meaning(Fate.LATER, "Le serveur MSSanté demande d’attendre.", _SOON),
    MailRefused: Meaning(Fate.REFUSED, "Le serveur MSSanté a refusé le message.", _KEPT),
    MailboxRefused: Meaning(
        Fate.LATER,
        "La boîte MSSanté a refusé la connexion.",
        "Vérifiez l’adresse dans les réglages.",
    ),
}
_GRAMMAR = Meaning(Fate.REFUSED, "Le serveur MSSanté n’a pas compris l’envoi.", _KEPT, final=True)
_CARD_REFUSED = Meaning(Fate.DOCTOR, "Le serveur MSSanté n’a pas reconnu votre carte.", _CARD)
_NOBODY = Meaning(
    Fate.REFUSED, "Le serveur MSSanté ne connaît pas cette adresse.", _ADDRESS, final=True
)
# Codes of SMTP (RFC 5321 §4.2.3, RFC 4954 §6, RFC 7504).
CODES: dict[int, Meaning] = {
    421: Meaning(Fate.LATER, "Le serveur MSSanté s’arrête un moment.", _SOON),
    450: Meaning(Fate.LATER, "La boîte du destinataire est occupée.", _SOON),
    451: Meaning(Fate.LATER, "Le serveur MSSanté est en erreur.", _SOON),
    452: Meaning(Fate.LATER, "Le serveur MSSanté manque de place.", _SOON),
    454: Meaning(Fate.LATER, "Le serveur MSSanté ne peut pas vérifier votre carte.", _SOON),
    500: _GRAMMAR,
    501: _GRAMMAR,
    502: _GRAMMAR,
    503: _GRAMMAR,
    504: _GRAMMAR,
    521: Meaning(
        Fate.DOCTOR,
        "Ce serveur ne prend pas de messages.",
        "Vérifiez l’adresse du serveur MSSanté dans les réglages.",
    ),
    530: _CARD_REFUSED,
    534: _CARD_REFUSED,
    535: _CARD_REFUSED,
    538: _CARD_REFUSED,
    550: _NOBODY,
    551: _NOBODY,
    552: Meaning(
        Fate.DOCTOR,
        "La boîte du destinataire est pleine, ou le message est trop gros pour elle.",
        _ROOM,
    ),
    553: _NOBODY,
    554: Meaning(Fate.REFUSED, "Le serveur MSSanté n’accepte pas ce message.", _KEPT),
    555: _GRAMMAR,
    556: _NOBODY,
}


def silence(error: TransportError) -> UserFacingError | None:
    """What stands between us and the operator; None when it did answer, be it to refuse."""
    verdict = of_exchange(error)
    refused = isinstance(error, MailRefused) and verdict.meaning.fate is Fate.REFUSED
    return None if refused else verdict.error


def of_exchange(error: TransportError) -> Verdict:
    """From what the transport met."""
    if error.reason in TLS:
        return Verdict(TLS[error.reason], error.reason)
    meaning = next(row for kind, row in KINDS.items() if isinstance(error, kind))
    if isinstance(error, (MailBusy, MailRefused)):
        row = CODES.get(error.code, meaning)
        return Verdict(row, str(error.code), without_numbers(error.words))
    return Verdict(meaning, error.reason)
