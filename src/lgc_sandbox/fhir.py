"""A small FHIR R4 directory over the fictitious practice, as severe as the national one is.

It wants its key, knows few parameters and refuses the others; one of its mailboxes is on the red
list.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sandbox-key"
EXTENSIONS = "https://sandbox.example/ig/fhir/annuaire/StructureDefinition"
CORE = "https://sandbox.example/core/StructureDefinition"
KNOWN = {
    "Practitioner": {"name", "identifier", "mailbox-mss:contains", "_count"},
    "PractitionerRole": {"practitioner", "mailbox-mss:contains", "_count"},
    "Organization": {"name", "mailbox-mss:contains", "_count"},
}


class FhirServer:
    """Listens on loopback until ``stop``; ``people`` are rows of the public extraction.

    ``red`` are addresses that may not be shown.
    """

    def __init__(self, people: Iterable[Mapping[str, str]], red: Iterable[str] = ()) -> None:
        self.people, self.red = [dict(one) for one in people], frozenset(red)
        self.questions: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                outer.questions.append(self.path)
                status, answer = outer.answer(self.path, self.headers.get("ESANTE-API-KEY", ""))
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Names are in the paths."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/fhir/v2"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def answer(self, path: str, key: str) -> tuple[int, dict[str, Any]]:
        """(HTTP status, resource)."""
        if key != KEY:
            return 401, _outcome("no key")
        place = urlsplit(path)
        kind = place.path.rpartition("/")[2]
        asked = {name: given[0] for name, given in parse_qs(place.query).items()}
        if kind not in KNOWN or not set(asked) <= KNOWN[kind]:
            return 400, _outcome("unknown parameter")
        made = {"Practitioner": self._people, "PractitionerRole": self._roles}.get(kind)
        found = made(asked) if made else self._organisations(asked)
        entries = [{"resource": one} for one in found[: int(asked.get("_count", "20"))]]
        return 200, {"resourceType": "Bundle", "type": "searchset", "entry": entries}

    def _people(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        words = asked.get("name", "").casefold().split()
        numbers = asked.get("identifier", "").split(",")
        return [
            {
                "resourceType": "Practitioner",
                "id": f"p{number}",
                "identifier": [
                    {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"100{number:08d}"}
                ],
                "name": [{"family": one["family"], "given": [one["given"]], "prefix": ["Dr"]}],
                "telecom": [self._mailbox(one["address"], "PER")],
            }
            for number, one in enumerate(self.people)
            if f"100{number:08d}" in numbers
            or (words and all(w in f"{one['family']} {one['given']}".casefold() for w in words))
        ]

    def _roles(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        number = int(asked.get("practitioner", "p-1").removeprefix("p") or "-1")
        if not 0 <= number < len(self.people):
            return []
        one = self.people[number]
        return [
            {
                "resourceType": "PractitionerRole",
                "id": f"r{number}",
                "specialty": [{"coding": [{"code": "SM", "display": one["skill"]}]}],
                "telecom": [self._mailbox(f"cabinet.{one['address']}", "CAB")],
            }
        ]

    def _organisations(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        words = asked.get("name", "").casefold()
        names = {one["company"]: one for one in self.people if words in one["company"].casefold()}
        return [
            {
                "resourceType": "Organization",
                "id": f"o{number}",
                "name": name,
                "address": [{"city": one["town"]}],
                "telecom": [
                    self._mailbox(f"secretariat@{one['address'].partition('@')[2]}", "ORG"),
                    {"system": "email", "value": "accueil@sandbox.example"},
                ],
            }
            for number, (name, one) in enumerate(names.items())
            if words and name
        ]

    def _mailbox(self, address: str, kind: str) -> dict[str, Any]:
        about = [
            {"url": "type", "valueCodeableConcept": {"coding": [{"code": kind}]}},
            {"url": "listeRouge", "valueBoolean": address in self.red},
        ]
        return {
            "system": "email",
            "value": address,
            "extension": [
                {"url": f"{EXTENSIONS}/as-ext-mailbox-mss-metadata", "extension": about},
                {
                    "url": f"{CORE}/fr-core-contact-point-email-type",
                    "valueCodeableConcept": {"coding": [{"code": "MSSANTE"}]},
                },
            ],
        }


def _outcome(words: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"diagnostics": words}]}
