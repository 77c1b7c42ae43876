"""The control endpoint: plain HTTP with JSON, on loopback only, for tests and demonstrations.

``GET /state`` · ``GET /journal`` · ``GET /received``: every acceptance, filed or not
· ``POST /knobs`` {place, fault, times, code}, {place, latency}, {place: smtp or td2.1, filing:
{before, after, never}} or {reset: true} · ``POST /card`` {pulled} or {other: true}
· ``POST /dmp`` {ins, oid, state}
· ``POST /authorisation`` {ins, value, ps, mt} (an empty value removes it)
· ``POST /wish`` {ins, code, value}: an opposition of the patient, or RATTACHEMENT_ENS
· ``POST /mail`` {arrival}: a message of the practice arrives now.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lgc_sandbox.card import SoftCard
from lgc_sandbox.dmp.registry import EXPIRED, FORBIDDEN, VALID, Dmp, Registry
from lgc_sandbox.knobs import Filing, Knobs

MOST_BYTES = 100_000
WISHES = ("OPPOSITION_BRIS_DE_GLACE", "OPPOSITION_ACCES_URGENCE", "RATTACHEMENT_ENS")


class Control:
    """What the endpoint may turn and tell."""

    def __init__(
        self,
        knobs: Knobs,
        registry: Registry,
        card: SoftCard,
        doctor: str,
        now: Callable[[], dt.datetime],
        arrivals: Mapping[str, Callable[[], None]] | None = None,
        mailboxes: Callable[[], Mapping[str, Any]] | None = None,
        mail_received: Callable[[], list[dict[str, Any]]] | None = None,
    ) -> None:
        self._knobs, self._registry, self._card = knobs, registry, card
        self._doctor, self._now = doctor, now
        self._arrivals, self._mailboxes = arrivals or {}, mailboxes or (dict)
        self._mail_received = mail_received or (list)

    def get(self, path: str) -> Any:
        """Raises KeyError for an unknown path."""
        doors: dict[str, Callable[[], Any]] = {
            "/state": self._state,
            "/journal": self._registry.journal,
            "/received": self._received,
        }
        return doors[path]()

    def post(self, path: str, asked: Mapping[str, Any]) -> Any:
        """Raises KeyError for an unknown path or a missing word, ValueError for a wrong one."""
        actions = {
            "/knobs": self._turn,
            "/card": self._move_card,
            "/dmp": self._change_dmp,
            "/authorisation": self._authorise,
            "/wish": self._wish,
            "/mail": self._bring_mail,
        }
        actions[path](asked)
        return self._state()

    def _received(self) -> dict[str, Any]:
        """What each server said yes to, oldest first: the judge of what was lost or doubled."""
        return {"dmp": self._registry.received(), "mail": self._mail_received()}

    def _state(self) -> dict[str, Any]:
        patients = {}
        for dmp in self._registry.dmps():
            patients[dmp.ins] = {
                "oid": dmp.oid,
                "state": dmp.state,
                "documents": [
                    {"unique_id": e.unique_id, "entry_uuid": e.uuid, "status": e.status}
                    for e in self._registry.entries(dmp.ins)
                ],
                "submissions": [one.unique_id for one in self._registry.submissions(dmp.ins)],
                "authorisations": {
                    one.ps: {"value": one.value, "mt": one.mt}
                    for one in self._registry.authorisations(dmp.ins)
                },
            }
        return {
            "patients": patients,
            "journal": self._registry.journal(),
            "knobs": self._knobs.planned(),
            "card": {"pulled": not self._card.present},
            "mailboxes": self._mailboxes(),
        }

    def _turn(self, asked: Mapping[str, Any]) -> None:
        if asked.get("reset"):
            self._knobs.forget()
            return
        if "latency" in asked:
            self._knobs.set_latency(str(asked["place"]), float(asked["latency"]))
        if "filing" in asked:
            told = asked["filing"]
            before, after = (float(told.get(name, 0)) for name in ("before", "after"))
            filing = Filing(before, after, bool(told.get("never")))
            self._knobs.file(str(asked["place"]), filing)
        if "fault" in asked:
            self._knobs.arm(
                str(asked["place"]),
                str(asked["fault"]),
                int(asked.get("times", 1)),
                str(asked.get("code", "")),
            )

    def _move_card(self, asked: Mapping[str, Any]) -> None:
        if asked.get("pulled"):
            self._card.pull()
        else:
            self._card.insert(other=bool(asked.get("other")))

    def _change_dmp(self, asked: Mapping[str, Any]) -> None:
        ins, state = str(asked["ins"]), str(asked.get("state", "active"))
        if state not in ("active", "terminated"):
            raise ValueError("state: active or terminated")
        if self._registry.dmp(ins) is None:
            self._registry.enrol(Dmp(ins, str(asked["oid"])))
        self._registry.close_dmp(ins, state, self._now().strftime("%Y%m%d"))

    def _bring_mail(self, asked: Mapping[str, Any]) -> None:
        self._arrivals[str(asked["arrival"])]()

    def _wish(self, asked: Mapping[str, Any]) -> None:
        code = str(asked["code"])
        if code not in WISHES:
            raise ValueError(f"code: {', '.join(WISHES)}")
        self._registry.wish(str(asked["ins"]), code, bool(asked["value"]))

    def _authorise(self, asked: Mapping[str, Any]) -> None:
        value = str(asked["value"])
        if value not in ("", VALID, EXPIRED, FORBIDDEN):
            raise ValueError("value: VALIDE, EXPIRE, INTERDIT or nothing")
        ps = str(asked.get("ps", self._doctor))
        mt = bool(asked.get("mt"))
        self._registry.authorise(str(asked["ins"]), ps, value, mt=mt, now=self._now())


class _Handler(BaseHTTPRequestHandler):
    server: ControlServer

    def do_GET(self) -> None:
        self._reply(lambda: self.server.control.get(self.path))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(min(length, MOST_BYTES))
        self._reply(lambda: self.server.control.post(self.path, _object(raw)))

    def _reply(self, work: Callable[[], Any]) -> None:
        try:
            status, said = 200, work()
        except (KeyError, ValueError, OSError) as why:
            status, said = 400, {"error": f"{type(why).__name__}: {why}"}
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the journal is the place to look at."""


def _object(raw: bytes) -> Mapping[str, Any]:
    read = json.loads(raw or b"{}")
    if not isinstance(read, dict):
        raise ValueError("a JSON object is expected")
    return read


class ControlServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and nothing else."""

    daemon_threads = True

    def __init__(self, control: Control, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.control = control
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def stop(self) -> None:
        """Stop listening and end the thread."""
        self.shutdown()
        self.server_close()
        self._thread.join(5)
