"""What a failed exchange with the DMP means: try later, refused, or unknown (dmp.md §10).

One table per channel. The DMP's own code and words are kept verbatim, but for long digit runs:
an INS has no place in an error message.
"""

from __future__ import annotations

import re

from lgc.dmp.codes import OK
from lgc.domain.verdicts import Fate, Meaning, Verdict, without_numbers
from lgc.errors import UserFacingError
from lgc.hl7v3.message import Refusal
from lgc.transport.errors import (
    HttpError,
    MalformedAnswer,
    NoAnswer,
    NothingSent,
    SoapFault,
    TransportError,
)
from lgc.transport.revocation import EXPIRED, REVOKED, UNKNOWN
from lgc.xds.registry_response import RegistryAnswer, RegistryError

_SOON = "C’est souvent passager ; rien n’est perdu."
_SUPPORT = "Si cela se répète, transmettez les détails à l’assistance."
_KEPT = "Le document reste dans le dossier ; transmettez les détails à l’assistance."
_ANEW = "Relancez la recherche."

NETWORK: dict[type[TransportError], Meaning] = {
    NothingSent: Meaning(
        Fate.LATER, "Le DMP n’est pas joignable.", "Vérifiez la connexion à Internet."
    ),
    NoAnswer: Meaning(Fate.ASK, "Le DMP n’a pas répondu.", _SOON),
    MalformedAnswer: Meaning(Fate.ASK, "La réponse du DMP est illisible.", _SUPPORT),
}
_CARD = "Faites renouveler la carte, ou utilisez-en une autre."
_CLOCK = "Mettez cet ordinateur à l’heure, puis recommencez."
_TRUST = "Vérifiez l’adresse du DMP et le fichier des autorités dans les réglages."
# What OpenSSL calls the refusal of a TLS connection: the request never left.
TLS: dict[str, Meaning] = {
    REVOKED: Meaning(
        Fate.DOCTOR,
        "Ce serveur ne peut plus prouver qu’il est le DMP : rien n’a été envoyé.",
        "Prévenez l’assistance.",
    ),
    UNKNOWN: Meaning(
        Fate.LATER,
        "La révocation du certificat du DMP n’a pas pu être vérifiée ; rien n’a été envoyé.",
        "Vérifiez les listes de révocation dans les réglages.",
    ),
    EXPIRED: Meaning(Fate.LATER, "Le certificat du DMP est périmé ; rien n’a été envoyé.", _CLOCK),
    "ALERT_CERTIFICATE_EXPIRED": Meaning(
        Fate.DOCTOR, "Le DMP trouve le certificat de la carte périmé.", _CARD
    ),
    "ALERT_CERTIFICATE_REVOKED": Meaning(
        Fate.DOCTOR, "Le certificat de la carte est révoqué.", _CARD
    ),
    "ALERT_UNKNOWN_CA": Meaning(
        Fate.DOCTOR, "Le DMP ne connaît pas l’autorité de cette carte.", _CARD
    ),
    "ALERT_BAD_CERTIFICATE": Meaning(Fate.DOCTOR, "Le DMP rejette le certificat.", _CARD),
    "ALERT_UNSUPPORTED_CERTIFICATE": Meaning(Fate.DOCTOR, "Le DMP rejette le certificat.", _CARD),
    "ALERT_CERTIFICATE_UNKNOWN": Meaning(Fate.DOCTOR, "Le DMP rejette le certificat.", _CARD),
    "ALERT_CERTIFICATE_REQUIRED": Meaning(
        Fate.LATER, "Le DMP n’a pas reçu le certificat de la carte.", "Réinsérez la carte."
    ),
    "ALERT_ACCESS_DENIED": Meaning(Fate.DOCTOR, "Le DMP refuse cette carte.", _SUPPORT),
    "ALERT_HANDSHAKE_FAILURE": Meaning(
        Fate.LATER, "Le DMP refuse la connexion sécurisée.", _SUPPORT
    ),
    "ALERT_PROTOCOL_VERSION": Meaning(Fate.LATER, "Le DMP refuse cette version de TLS.", _SUPPORT),
    "ALERT_DECRYPT_ERROR": Meaning(
        Fate.DOCTOR, "Le DMP n’a pas pu vérifier la carte.", "Réinsérez la carte."
    ),
    "CERTIFICATE_VERIFY_FAILED": Meaning(
        Fate.LATER, "Le serveur joint n’est pas reconnu comme le DMP.", _TRUST
    ),
}
HTTP: dict[int, Meaning] = {
    429: Meaning(Fate.LATER, "Le DMP est surchargé.", _SOON),
    503: Meaning(Fate.LATER, "Le DMP est momentanément indisponible.", _SOON),
}
HTTP_REFUSED = Meaning(Fate.REFUSED, "Le DMP a rejeté l’échange.", _SUPPORT)
HTTP_BROKEN = Meaning(Fate.ASK, "Le DMP est en erreur.", _SOON)

# Codes of SOAP faults, of registries, and proprietary statuses share one name space.
CODES: dict[str, Meaning] = {
    "DMPInvalidCertificate": Meaning(
        Fate.REFUSED,
        "Le DMP n’accepte pas ce certificat de carte.",
        "Prévenez l’assistance, ou utilisez une autre carte.",
    ),
    "DMPAccessDeniedByRightsService": Meaning(
        Fate.DOCTOR,
        "Vos droits sur ce DMP ne permettent pas cette action.",
        "Demandez l’accord du patient, enregistrez-le au DMP, puis recommencez.",
    ),
    "DMPClosed": Meaning(
        Fate.REFUSED,
        "Ce DMP est fermé : il ne reçoit plus de document.",
        "Le document reste dans le dossier ; envoyez-le par MSSanté.",
        final=True,
    ),
    "DMPInvalidData": Meaning(
        Fate.REFUSED,
        "Le DMP n’a pas accepté cette demande.",
        "Rien n’a changé ; transmettez les détails à l’assistance.",
        final=True,
    ),
    "DMPFound": Meaning(
        Fate.REFUSED, "Le DMP de ce patient existe déjà.", "Rien à créer.", final=True
    ),
    "DMPPatientAccessAlreadyExists": Meaning(
        Fate.REFUSED, "Le patient a déjà un accès à son DMP.", "Rien à faire.", final=True
    ),
    "DMPPatientAccessOTPAlreadyExists": Meaning(
        Fate.REFUSED, "Ce moyen d’accès du patient existe déjà.", "Rien à faire.", final=True
    ),
    "MessageExpired": Meaning(
        Fate.DOCTOR, "Le DMP juge la demande périmée : l’horloge semble fausse.", _CLOCK
    ),
    "FailedCheck": Meaning(Fate.REFUSED, "Le DMP n’a pas reconnu votre signature.", _SUPPORT),
    "FailedAuthentication": Meaning(
        Fate.DOCTOR, "Le DMP n’a pas reconnu votre carte.", "Retirez puis réinsérez la carte."
    ),
    "InvalidSecurityToken": Meaning(Fate.REFUSED, "Le DMP rejette votre identification.", _SUPPORT),
    "InvalidSecurity": Meaning(Fate.REFUSED, "Le DMP rejette votre identification.", _SUPPORT),
    "ActionNotSupported": Meaning(
        Fate.REFUSED, "Le DMP ne rend pas ce service à cette adresse.", "Vérifiez les réglages."
    ),
    "XDSUnknownPatientId": Meaning(
        Fate.REFUSED,
        "Le DMP ne connaît pas ce patient.",
        "Vérifiez son INS, puis partagez de nouveau le document.",
        final=True,
    ),
    "XDSPatientIdDoesNotMatch": Meaning(
        Fate.REFUSED, "Le DMP relève deux patients différents dans la demande.", _KEPT, final=True
    ),
    "XDSDocumentUniqueIdError": Meaning(
        Fate.REFUSED, "Ce document n’est plus dans le DMP.", _ANEW, final=True
    ),
    # The same identifiers are already there: most likely our own earlier sending.
    "XDSDuplicateUniqueIdInRegistry": Meaning(
        Fate.ASK, "Le DMP connaît déjà ce document.", "Une vérification est en cours."
    ),
    "XDSNonIdenticalHash": Meaning(
        Fate.REFUSED, "Le DMP connaît un autre contenu sous cet identifiant.", _KEPT, final=True
    ),
    "XDSReplaceFailed": Meaning(
        Fate.REFUSED, "Le DMP n’a pas pu remplacer le document précédent.", _KEPT, final=True
    ),
    "XDSMetadataVersionError": Meaning(
        Fate.DOCTOR, "Ce document vient de changer dans le DMP.", _ANEW
    ),
    "XDSMetadataIdentifierError": Meaning(
        Fate.DOCTOR, "Ce document vient de changer dans le DMP.", _ANEW
    ),
    "XDSUnknownRepositoryId": Meaning(
        Fate.REFUSED, "Ce document est dans un entrepôt inconnu.", _ANEW, final=True
    ),
    "XDSUnknownStoredQuery": Meaning(
        Fate.REFUSED, "Le DMP ne connaît pas cette recherche.", _SUPPORT, final=True
    ),
    "XDSStoredQueryMissingParam": Meaning(
        Fate.REFUSED, "Le DMP juge la recherche incomplète.", _SUPPORT, final=True
    ),
    "XDSStoredQueryParamNumber": Meaning(
        Fate.REFUSED, "Le DMP juge la recherche incomplète.", _SUPPORT, final=True
    ),
    "XDSMissingDocument": Meaning(
        Fate.REFUSED, "Le DMP n’a pas reçu le document.", _KEPT, final=True
    ),
    "XDSMissingDocumentMetadata": Meaning(
        Fate.REFUSED, "Le DMP n’a pas reçu la description du document.", _KEPT, final=True
    ),
    "XDSRegistryDuplicateUniqueIdInMessage": Meaning(
        Fate.REFUSED, "Deux documents de l’envoi ont le même identifiant.", _KEPT, final=True
    ),
    "XDSPartialReplaceFailed": Meaning(
        Fate.REFUSED, "Le DMP n’a remplacé qu’une partie des documents.", _KEPT, final=True
    ),
    "XDSTooManyResults": Meaning(
        Fate.DOCTOR, "Trop de documents répondent à cette recherche.", "Resserrez les dates."
    ),
    "XDSRegistryBusy": Meaning(Fate.LATER, "Le DMP est occupé.", _SOON),
    "XDSRepositoryBusy": Meaning(Fate.LATER, "Le DMP est occupé.", _SOON),
    "XDSRegistryNotAvailable": Meaning(Fate.LATER, "Le DMP est momentanément indisponible.", _SOON),
    "XDSRegistryOutOfResources": Meaning(Fate.LATER, "Le DMP est surchargé.", _SOON),
    "XDSRepositoryOutOfResources": Meaning(Fate.LATER, "Le DMP est surchargé.", _SOON),
    "XDSRepositoryError": Meaning(Fate.REFUSED, "Le DMP a refusé le document.", _KEPT),
    "XDSRegistryError": Meaning(Fate.REFUSED, "Le DMP a refusé la demande.", _KEPT),
    "XDSRegistryMetadataError": Meaning(
        Fate.REFUSED, "Le DMP n’accepte pas la description de ce document.", _KEPT, final=True
    ),
    "XDSRepositoryMetadataError": Meaning(
        Fate.REFUSED, "Le DMP n’accepte pas la description de ce document.", _KEPT, final=True
    ),
}
# Refusals known by their words only.
WORDS: dict[str, Meaning] = {
    "Structure introuvable ou Inactive": Meaning(
        Fate.DOCTOR,
        "Le DMP ne reconnaît pas votre lieu d’exercice.",
        "Choisissez un autre lieu d’exercice de la carte, puis partagez de nouveau.",
        final=True,
    ),
    "PS et Structure non liés": Meaning(
        Fate.DOCTOR,
        "Le DMP ne vous rattache pas à ce lieu d’exercice.",
        "Choisissez un autre lieu d’exercice de la carte, puis partagez de nouveau.",
        final=True,
    ),
    "Aucune spécialité dans le vihf": Meaning(
        Fate.REFUSED,
        "Le DMP ne trouve pas votre spécialité.",
        "Vérifiez votre carte CPS, puis partagez de nouveau.",
        final=True,
    ),
    "Aucun AuthorInstitution ne correspond": Meaning(
        Fate.REFUSED,
        "L’auteur de l’envoi n’est pas le porteur de la carte.",
        "Envoyez avec la carte et le lieu d’exercice de l’auteur.",
    ),
}
# A receiver's fault may come after the document was stored: ask before sending again.
FAULTS: dict[str, Meaning] = {
    "Sender": Meaning(Fate.REFUSED, "Le DMP a refusé la demande.", _SUPPORT),
    "Receiver": Meaning(Fate.ASK, "Le DMP est en erreur.", _SOON),
}
REFUSED = Meaning(Fate.REFUSED, "Le DMP a refusé la demande.", _SUPPORT)


def of_exchange(error: TransportError) -> Verdict:
    """From what the transport met, SOAP faults included."""
    if isinstance(error, SoapFault):
        default = FAULTS.get(error.code, REFUSED)
        return _verdict(error.subcode or error.code, error.text, default)
    if isinstance(error, HttpError):
        broken = HTTP_BROKEN if error.status >= 500 else HTTP_REFUSED
        return Verdict(HTTP.get(error.status, broken), code=error.reason)
    known = next((meaning for name, meaning in TLS.items() if name in error.reason), None)
    if known is not None and isinstance(error, NothingSent):
        return Verdict(known, code=error.reason)
    return Verdict(NETWORK[type(error)], code=error.reason)


def silence(error: TransportError) -> UserFacingError | None:
    """What stands between us and the DMP; None when it did answer, be it to refuse."""
    verdict = of_exchange(error)
    refused = isinstance(error, HttpError) and verdict.meaning.fate is Fate.REFUSED
    return None if refused or isinstance(error, SoapFault) else verdict.error


def of_registry(answer: RegistryAnswer) -> Verdict:
    """From a registry's failure."""
    worst = answer.worst
    return _verdict(worst.code, worst.words, REFUSED)


def of_registry_error(error: RegistryError) -> Verdict:
    """From one of several errors of a registry."""
    return _verdict(error.code, error.words, REFUSED)


def of_code(code: str) -> Verdict:
    """What a known code means, when it is we who found the fact."""
    return _verdict(code, "", REFUSED)


def must_be_ok(status: str, context: str) -> None:
    """Raises UserFacingError unless a proprietary status is DMPOk, whatever its case."""
    if status.lower() != OK:
        raise of_status(status, context).error


def of_status(status: str, context: str) -> Verdict:
    """From a proprietary ``status`` that is not DMPOk."""
    return _verdict(status, context, REFUSED)


def of_refusal(refusal: Refusal) -> Verdict:
    """From an HL7 acknowledgement AE."""
    return _verdict(refusal.code, refusal.words, REFUSED)


def _verdict(code: str, words: str, default: Meaning) -> Verdict:
    for known, meaning in CODES.items():
        if known.lower() == code.lower() or re.search(rf"\b{known}\b", words):
            return _safe(meaning, code, words)
    for known, meaning in WORDS.items():
        if known.lower() in words.lower():
            return _safe(meaning, code, words)
    return _safe(default, code, words)


def _safe(meaning: Meaning, code: str, words: str) -> Verdict:
    return Verdict(meaning, without_numbers(code), without_numbers(words))
