"""The national directory asked online: API FHIR R4 « annuaire santé » (mssante-xdm §4).

A mailbox is an e-mail marked as MSSanté by its two extensions; one of the red list is neither
shown nor kept. Practitioners by name, then their roles, and organisations by name: the server
answers one kind of resource at a time.
"""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from lgc.domain.professionals import Correspondent
from lgc.errors import UnreadableInput, UserFacingError
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import MalformedAnswer, TransportError

log = logging.getLogger(__name__)
TIMEOUT, MAX_ANSWER = 8.0, 4 * 1024 * 1024
MOST, ROLES_OF, KEPT = 20, 5, 64
HAS_MAILBOX = ("mailbox-mss:contains", "@")
MAILBOX = "/as-ext-mailbox-mss-metadata"
EMAIL_TYPE = "/fr-core-contact-point-email-type"
RPPS = "urn:oid:1.2.250.1.71.4.2.1"
RPPS_DIGITS, NATIONAL_DIGITS = 11, 12

Json = dict[str, Any]
Heard = Callable[[UserFacingError | None], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask; an empty address asks nobody."""

    address: str
    key: str = field(default="", repr=False)


class FhirDirectory:
    """Safe from any thread. ``place`` is read at each question: settings may change.

    ``heard`` is called after each question that left, with why it was not answered or None.
    """

    def __init__(self, place: Callable[[], Place], heard: Heard = lambda error: None) -> None:
        self._place, self._heard = place, heard
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], list[Correspondent]] = OrderedDict()

    def find(self, words: str) -> list[Correspondent]:
        """People and organisations of that name, or the person of that RPPS number, those with a
        mailbox only; none when it is off.

        Raises UserFacingError when the directory does not answer, UnreadableInput for nonsense.
        """
        place, asked = self._place(), " ".join(words.split()).casefold()
        if not place.address or len(asked) < 3:
            return []
        _must_be_safe(place.address)
        with self._lock:
            known = self._known.get((place.address, asked))
        if known is not None:
            return known
        found = self._ask_it(place, asked)
        with self._lock:
            self._known[place.address, asked] = found
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _ask_it(self, place: Place, asked: str) -> list[Correspondent]:
        try:
            found = list({one.address: one for one in _found(place, asked)}.values())[:MOST]
        except UserFacingError as error:
            self._heard(error)
            raise
        self._heard(None)
        return found


def _found(place: Place, words: str) -> Iterator[Correspondent]:
    number = _national(words) if words.replace(" ", "").isdigit() else ""
    # Some entries carry the eleven digits, some the twelve.
    asked = {"identifier": f"{number},{number[1:]}"} if number else {"name": words}
    people = list(_resources(_ask(place, "Practitioner", **asked), "Practitioner"))
    for person in people:
        yield from _addresses(person, _name(person))
    for person in people[:ROLES_OF]:
        if person.get("id"):
            roles = _ask(place, "PractitionerRole", practitioner=str(person["id"]))
            for role in _resources(roles, "PractitionerRole"):
                yield from _addresses(role, _name(person), _text_of(role.get("specialty")))
    if number:
        return
    for one in _resources(_ask(place, "Organization", name=words), "Organization"):
        yield from _addresses(one, Correspondent("", "", organisation=str(one.get("name", ""))))


def _addresses(resource: Json, who: Correspondent, speciality: str = "") -> Iterator[Correspondent]:
    for one in _list(resource.get("telecom")):
        address = str(one.get("value", "")).strip().lower()
        if one.get("system") != "email" or "@" not in address or not _is_mailbox(one):
            continue
        yield Correspondent(
            address=address,
            family_name=who.family_name,
            given_name=who.given_name,
            title=who.title,
            speciality=speciality,
            city=_city(resource),
            organisation=who.organisation,
            national_id=who.national_id,
            verified=True,
        )


def _is_mailbox(telecom: Json) -> bool:
    """Marked as MSSanté, and not on the red list."""
    extensions = _list(telecom.get("extension"))
    kinds = [one for one in extensions if str(one.get("url", "")).endswith(EMAIL_TYPE)]
    boxes = [one for one in extensions if str(one.get("url", "")).endswith(MAILBOX)]
    marked = any("MSSANTE" in json.dumps(one).upper() for one in kinds)
    hidden = any(
        part.get("url") == "listeRouge" and part.get("valueBoolean") is not False
        for box in boxes
        for part in _list(box.get("extension"))
    )
    return (marked or bool(boxes)) and not hidden


def _name(person: Json) -> Correspondent:
    name = next(iter(_list(person.get("name"))), {})
    numbers = [
        str(one.get("value", ""))
        for one in _list(person.get("identifier"))
        if one.get("system") == RPPS
    ]
    return Correspondent(
        address="",
        family_name=str(name.get("family", "")),
        given_name=_joined(name.get("given")),
        title=_joined(name.get("prefix")),
        national_id=_national(numbers[0]) if numbers else "",
    )


def _joined(words: object) -> str:
    return " ".join(one for one in words if isinstance(one, str)) if isinstance(words, list) else ""


def _national(number: str) -> str:
    """Twelve digits: « 8 » before the eleven of an RPPS number."""
    plain = "".join(c for c in number if c.isdigit())
    if len(plain) == RPPS_DIGITS:
        return f"8{plain}"
    return plain if len(plain) == NATIONAL_DIGITS else ""


def _city(resource: Json) -> str:
    addresses = resource.get("address")
    first = next(iter(_list(addresses)), {}) if isinstance(addresses, list) else {}
    return str(first.get("city", ""))


def _text_of(concepts: object) -> str:
    """What a coded concept is called, in words."""
    for concept in _list(concepts):
        for coding in _list(concept.get("coding")):
            if coding.get("display"):
                return str(coding["display"])
        if concept.get("text"):
            return str(concept["text"])
    return ""


# --- wire -----------------------------------------------------------------------------------------


def _ask(place: Place, kind: str, **wanted: str) -> Json:
    question = urlencode([*wanted.items(), HAS_MAILBOX, ("_count", str(MOST))])
    address = f"{place.address.rstrip('/')}/{kind}?{question}"
    headers = {"ESANTE-API-KEY": place.key, "Accept": "application/fhir+json"}
    limits = Limits(TIMEOUT, TIMEOUT, MAX_ANSWER, grows=False)
    try:
        answer = web.ask(address, limits, headers=headers)
    except MalformedAnswer as error:
        raise UnreadableInput("La réponse de l’annuaire est illisible ou trop longue.") from error
    except TransportError as error:
        raise _silent(error.reason) from error
    if answer.status != http.client.OK:
        log.warning("directory: HTTP %d", answer.status)
        raise _silent(f"HTTP {answer.status}")
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("La réponse de l’annuaire est illisible.") from error
    if not isinstance(told, dict):
        raise UnreadableInput("La réponse de l’annuaire est illisible.")
    return told


def _resources(bundle: Json, kind: str) -> Iterator[Json]:
    for entry in _list(bundle.get("entry")):
        resource = entry.get("resource")
        if isinstance(resource, dict) and resource.get("resourceType") == kind:
            yield resource


def _list(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _must_be_safe(address: str) -> None:
    """The key travels over TLS, or stays on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise UserFacingError(
            "L’adresse de l’annuaire n’est pas sûre.", advice="Elle doit commencer par https://."
        )


def _silent(details: str) -> UserFacingError:
    return UserFacingError(
        "L’annuaire en ligne ne répond pas.",
        advice="Vos contacts et l’annuaire local restent là.",
        details=details,
        may_retry=True,
    )
