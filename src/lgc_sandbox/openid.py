"""A small OpenID provider: PKCE, CIBA and refresh tokens, as Pro Santé Connect offers them.

The doctor of the sandbox always agrees in the browser; on the phone after a few questions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT = "lgc-sandbox"
CIBA = "urn:openid:params:grant-type:ciba"
MAX_FORM = 64 * 1024


class OpenIdProvider:
    """Listens on loopback until ``stop``. ``lifetime`` of an access token in seconds.

    ``pending`` is how many times the phone is asked in vain; ``username`` is what a mail server
    is told, the national id when it is empty.
    """

    def __init__(
        self, national_id: str, lifetime: int = 240, pending: int = 1, username: str = ""
    ) -> None:
        self.username = username or national_id
        self.national_id, self.lifetime, self.pending = national_id, lifetime, pending
        self.closed, self.questions = False, 0
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, dict[str, str]] = {}
        self._access: dict[str, float] = {}
        self._refresh: set[str] = set()
        self._phone: dict[str, int] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                place = urlsplit(self.path)
                if place.path == "/auth":
                    self._go(outer.authorise(_one(parse_qs(place.query))))
                elif place.path == "/certs":
                    self._say(200, outer.keys())
                else:
                    self._say(404, {"error": "not_found"})

            def do_POST(self) -> None:
                size = min(int(self.headers.get("Content-Length", 0)), MAX_FORM)
                form = _one(parse_qs(self.rfile.read(size).decode()))
                outer.questions += 1
                ask = {"/ciba": outer.start, "/introspect": outer.introspect}
                answer = ask.get(self.path, outer.grant)(form)
                self._say(400 if "error" in answer else 200, answer)

            def _go(self, target: str) -> None:
                self.send_response(302 if target else 400)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _say(self, status: int, answer: dict[str, Any]) -> None:
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Codes and tokens are in the paths."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def holder(self, token: str) -> str | None:
        """The national id behind an access token that is good now."""
        return self.national_id if self._access.get(token, 0) > time.time() else None

    # --- what is asked ------------------------------------------------------------------------

    def authorise(self, asked: dict[str, str]) -> str:
        """Where the browser goes; empty for a question that breaks the rules."""
        back = urlsplit(asked.get("redirect_uri", ""))
        fair = (
            asked.get("client_id") == CLIENT
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
            and back.hostname == "127.0.0.1"
        )
        if not fair:
            return ""
        code = secrets.token_urlsafe(24)
        self._codes[code] = asked
        told = {"code": code, "state": asked.get("state", "")}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def introspect(self, form: dict[str, str]) -> dict[str, Any]:
        """What a mail server asks of a token (RFC 7662)."""
        holder = self.holder(form.get("token", ""))
        return {"active": True, "username": self.username} if holder else {"active": False}

    def start(self, form: dict[str, str]) -> dict[str, Any]:
        if form.get("client_id") != CLIENT or form.get("login_hint") != self.national_id:
            return {"error": "unknown_user_id"}
        request = secrets.token_urlsafe(24)
        self._phone[request] = self.pending
        return {"auth_req_id": request, "expires_in": 120, "interval": 1}

    def grant(self, form: dict[str, str]) -> dict[str, Any]:
        kind = form.get("grant_type", "")
        if form.get("client_id") != CLIENT or self.closed:
            return {"error": "invalid_grant"}
        if kind == "authorization_code":
            return self._by_code(form)
        if kind == "refresh_token" and form.get("refresh_token") in self._refresh:
            self._refresh.discard(form["refresh_token"])  # each serves once
            return self._tokens("")
        if kind == CIBA and form.get("auth_req_id") in self._phone:
            return self._by_phone(form["auth_req_id"])
        return {"error": "invalid_grant"}

    def keys(self) -> dict[str, Any]:
        numbers = self._key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "kid": "1",
                    "use": "sig",
                    "alg": "RS256",
                    "n": _number(numbers.n),
                    "e": _number(numbers.e),
                }
            ]
        }

    # --- inside -------------------------------------------------------------------------------

    def _by_code(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if _text(digest) != asked.get("code_challenge"):
            return {"error": "invalid_grant"}
        return self._tokens(asked.get("nonce", ""))

    def _by_phone(self, request: str) -> dict[str, Any]:
        if self._phone[request] > 0:
            self._phone[request] -= 1
            return {"error": "authorization_pending"}
        del self._phone[request]
        return self._tokens("")

    def _tokens(self, nonce: str) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access[access] = time.time() + self.lifetime
        self._refresh.add(refresh)
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": self.lifetime,
            "token_type": "Bearer",
            "id_token": self._signed(nonce),
        }

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.base,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "SubjectNameID": self.national_id,
        }
        head = _text(json.dumps({"alg": "RS256", "kid": "1"}).encode())
        said = f"{head}.{_text(json.dumps(claims).encode())}"
        return f"{said}.{_text(self._key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _one(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: given[0] for name, given in values.items()}


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
