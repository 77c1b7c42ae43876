"""The DMP's HTTPS server: mutual TLS, one door per service, every exchange in the journal."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from lxml import etree

from lgc_sandbox.authority import Authority
from lgc_sandbox.card import CardModel
from lgc_sandbox.dmp import mtom, rights, soap, td1_register, td3_2_retrieve, vihf
from lgc_sandbox.dmp.answers import Problem, Refused, registry_response
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.soap import Fault, Request
from lgc_sandbox.dmp.transactions import BASE, TRANSACTIONS, Case, Transaction, name_in
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.hostile.playing import play_armed
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.xml import MOST_BYTES, tag, text

WEB = "/AccesDirect"
IDLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: HTTP status, Content-Type, bytes; and what the journal says."""

    status: int
    content_type: str
    content: bytes
    verdict: str
    reason: str = ""


class Dmp:
    """Everything a request needs to be judged."""

    def __init__(
        self,
        authority: Authority,
        registry: Registry,
        people: Mapping[str, CardModel],
        knobs: Knobs,
        schemas: Schemas,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.authority, self.registry, self.people = authority, registry, people
        self.knobs, self.schemas, self.now = knobs, schemas, now

    def reply(self, path: str, content_type: str, raw: bytes, client: bytes | None) -> Answer:
        """Judge one request and answer it."""
        try:
            certificate = vihf.check_client(client, self.authority, self.now())
            request = soap.read(content_type, raw, path)
            transaction = self._transaction(request, path)
            refused = self.knobs.take(transaction.name, "refuse")
            if refused:
                code = self.knobs.code(transaction.name, "")
                raise Refused(Problem(code, "refus demandé au bac à sable"))
            user = self._user(request, certificate, transaction)
            return self._do(transaction, request, user)
        except Fault as why:
            return self._fault(why, path, content_type, raw)
        except Refused as why:
            return self._refusal(request, why)
        except Exception as why:
            # Whatever was sent, an answer leaves and the journal says where it broke.
            fault = Fault("Erreur interne")
            answer = self._fault(fault, path, content_type, raw)
            return replace(answer, verdict="erreur", reason=type(why).__name__)

    def _transaction(self, request: Request, path: str) -> Transaction:
        found = TRANSACTIONS.get(request.action)
        if found is None or path != f"{BASE}/{found.service}":
            raise Fault(f"Action {request.action} inconnue ici", "wsa:ActionNotSupported")
        if request.body.tag != found.body:
            raise Fault("Le corps n'est pas celui de l'action")
        return found

    def _user(
        self, request: Request, certificate: x509.Certificate, transaction: Transaction
    ) -> User:
        user = vihf.verify(
            request.assertion,
            certificate,
            self.authority,
            self.people,
            self.now(),
            patient_needed=transaction.patient_needed,
        )
        for name, error in (
            ("enveloppe", self.schemas.envelope(request.envelope)),
            ("VIHF", self.schemas.vihf(request.assertion)),
        ):
            if error:
                raise Fault(f"Schéma ({name}): {error}")
        if self.registry.heard(request.message_id):
            raise Fault("wsa:MessageID déjà reçu", "wsa:InvalidAddressingHeader")
        if self.registry.heard(user.assertion_id):
            raise Fault("VIHF déjà reçu", "wsse:FailedCheck")
        return user

    def _do(self, transaction: Transaction, request: Request, user: User) -> Answer:
        self._check_body(request)
        rights.check(_precise(transaction, request), user)
        body, parts = transaction.work(
            Case(
                request,
                user,
                self.registry,
                self.authority,
                self.schemas,
                self.people,
                self.now(),
            )
        )
        envelope = soap.envelope(transaction.answers, request.message_id, body)
        reason = self._said(body)
        verdict = "refusé" if reason else "accepté"
        if transaction.name == "td3.2":
            content_type, raw = mtom.write(envelope, transaction.answers, parts)
            return Answer(200, content_type, raw, verdict, reason)
        return _plain(200, envelope, transaction.answers, verdict, reason)

    def _check_body(self, request: Request) -> None:
        body = request.body
        if request.package is not None:
            body = etree.fromstring(etree.tostring(body))
            try:
                mtom.inlined(body, mtom.documents(body, request.package))
            except mtom.BadPackage as why:
                raise Fault(f"Message illisible: {why}") from why
        error = self.schemas.body(body)
        if error:
            raise Fault(f"Schéma: {error}")

    def _said(self, body: etree._Element) -> str:
        """Why an answer is a refusal, "" when it is not."""
        acknowledged = text(body, ".//hl7:acknowledgement[@typeCode='AE']//hl7:text")
        status = text(body, "*[local-name()='output']/*[local-name()='status']")
        context = text(body, "*[local-name()='output']/*[local-name()='context']")
        refused = f"{status}: {context}" if status not in ("", "DMPOk") else ""
        problem = text(body, ".//rs:RegistryError/@errorCode")
        return acknowledged or refused or problem

    def _refusal(self, request: Request, why: Refused) -> Answer:
        transaction = TRANSACTIONS[request.action]
        if transaction.name == "td3.2":
            body = td3_2_retrieve.refusal(why.problems)
            envelope = soap.envelope(transaction.answers, request.message_id, body)
            content_type, raw = mtom.write(envelope, transaction.answers, {})
            return Answer(200, content_type, raw, "refusé", str(why))
        if transaction.refusal:
            body = registry_response(why.problems, name=transaction.refusal)
            if transaction.name == "td3.1":
                etree.SubElement(body, tag("rim", "RegistryObjectList"))
            envelope = soap.envelope(transaction.answers, request.message_id, body)
            return _plain(200, envelope, transaction.answers, "refusé", str(why))
        first = why.problems[0]
        fault = soap.fault(Fault(first.text, first.code), request.message_id)
        return _plain(500, fault, "", "refusé", str(why))

    def _fault(self, why: Fault, path: str, content_type: str, raw: bytes) -> Answer:
        envelope = soap.fault(why, soap.message_id(raw, content_type))
        if path.endswith("/repository") and _is_retrieve(content_type, raw):
            kind, content = mtom.write(envelope, "", {})
            return Answer(500, kind, content, "faute", why.reason)
        return _plain(500, envelope, "", "faute", why.reason)


def _precise(transaction: Transaction, request: Request) -> str:
    """One message serves three transactions: its reason tells which."""
    if transaction.work is TRANSACTIONS[td1_register.CHANGE].work:
        return td1_register.name_of(request.body) or transaction.name
    return transaction.name


def _is_retrieve(content_type: str, raw: bytes) -> bool:
    return td3_2_retrieve.ACTION in content_type or b"RetrieveDocumentSetRequest" in raw


def _plain(status: int, envelope: etree._Element, action: str, verdict: str, reason: str) -> Answer:
    content_type = f"{mtom.SOAP_TYPE}; charset=UTF-8" + (f'; action="{action}"' if action else "")
    raw = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return Answer(status, content_type, raw, verdict, reason)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DmpServer

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(IDLE_SECONDS)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True
            self.send_error(411 if not length.isdigit() else 413)
            return
        raw = self.rfile.read(int(length))
        if len(raw) < int(length):
            self.close_connection = True
            return
        content_type = self.headers.get("Content-Type", "")
        name = name_in(content_type, raw)
        dmp = self.server.dmp
        if dmp.knobs.take(name, "drop_before"):
            self._drop(name, "coupé avant traitement")
            return
        connection = self.connection
        der = connection.getpeercert(True) if isinstance(connection, ssl.SSLSocket) else None
        answer = dmp.reply(self.path, content_type, raw, der)
        dmp.registry.note(name, answer.verdict, answer.reason, dmp.now())
        dmp.knobs.wait(name)
        if dmp.knobs.take(name, "drop_after_commit"):
            self._drop(name, "coupé après traitement")
            return
        self._send(answer, cut=dmp.knobs.take(name, "cut_answer"))

    def do_GET(self) -> None:
        """TD0.9: the web access, which here only says it was reached."""
        found = self.path.startswith(WEB)
        page = "<!DOCTYPE html><html lang='fr'><title>DMP de test</title><h1>DMP de test</h1>"
        self._send(
            Answer(200 if found else 404, "text/html; charset=UTF-8", page.encode(), ""), cut=False
        )

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content[: len(answer.content) // 2] if cut else answer.content)
        if cut:
            self._drop("", "")

    def _drop(self, name: str, reason: str) -> None:
        if name:
            self.server.dmp.registry.note(name, "coupé", reason, self.server.dmp.now())
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """The journal is kept elsewhere, without what a URL could tell."""


class DmpServer(ThreadingHTTPServer):
    """HTTPS on loopback; TLS handshakes happen in each connection's own thread."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, dmp: Dmp, context: ssl.SSLContext, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.dmp, self._context = dmp, context
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        if play_armed(self.dmp.knobs, "dmp", request, self._context):
            return
        request.settimeout(IDLE_SECONDS)
        try:
            secured = self._context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            self.dmp.registry.note("tls", "refusé", "connexion TLS refusée", self.dmp.now())
            return
        with contextlib.suppress(OSError), secured:
            _Handler(secured, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; anything else is noted for the journal."""
        self.dmp.registry.note("dmp", "erreur", "erreur interne", self.dmp.now())

    def stop(self) -> None:
        """Stop listening and end the thread."""
        self.shutdown()
        self.server_close()
        self._thread.join(5)


def tls_context(authority: Authority) -> ssl.SSLContext:
    """TLS 1.2 and 1.3, our server certificate, a client certificate of our authority required."""
    chain, key = authority.server("localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain, key)
    context.load_verify_locations(authority.trust)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
