"""Pro Santé Connect: a token by OpenID Connect, in the browser (PKCE) or on the phone (CIBA).

Authorisation Code with PKCE (RFC 7636) over a loopback redirect (RFC 8252), CIBA in poll mode.
Tokens live in memory only (SC.MSS/CONF.28) and are refreshed silently while the session lasts
(CONF.10, CONF.11); nothing here ever writes or logs one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lgc.errors import UserFacingError
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import NONSENSE, MalformedAnswer, TransportError
from lgc.transport.loopback import Redirect

log = logging.getLogger(__name__)
EARLY = 30.0  # a token is renewed that many seconds before its end
TIMEOUT = 20.0
MAX_ANSWER = 256 * 1024
LOG_IN_SECONDS = 180.0
CIBA_GRANT = "urn:openid:params:grant-type:ciba"
LONGEST = 366 * 24 * 3600.0  # seconds that an answer may speak of
_UNREADABLE: tuple[type[Exception], ...] = (JoseError, *NONSENSE)
_WORD = re.compile(r"[!-~]{1,16384}")
_NATIONAL_ID = re.compile(r"[0-9]{12}")
ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "PS256"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Where to log in. ``verify`` is a file of authorities, or True for those of the system."""

    issuer: str
    authorize: str
    token: str
    keys: str
    ciba: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = "openid scope_all"
    acr: str = "eidas1"
    verify: str | bool = True


@dataclass(slots=True)
class _Session:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    until: float = 0.0


class TokenSource:
    """One doctor's session, in memory. Safe from any thread.

    ``holder`` is the national id (PS_IdNat) of who works here: a session of anybody else is not
    opened. ``now`` is a monotonic clock in seconds; ``wall`` the time of day as UNIX seconds.
    """

    def __init__(
        self,
        provider: Provider,
        holder: Callable[[], str],
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._provider, self._holder = provider, holder
        self._now, self._wall = now, wall
        self._lock = threading.Lock()
        self._session: _Session | None = None

    @property
    def open(self) -> bool:
        """Was a session opened, and not closed by the other side since?"""
        return self._session is not None

    def token(self) -> str:
        """A token that is good now, renewed silently when it is not.

        Raises UserFacingError when the doctor must log in again.
        """
        with self._lock:
            session = self._session
            if session is None:
                raise _log_in_first()
            if self._now() >= session.until - EARLY:
                session = self._renewed(session)
            return session.access

    def forget(self) -> None:
        """The card left: nothing of the session stays."""
        with self._lock:
            self._session = None

    def log_in(
        self, browse: Callable[[str], object], seconds: float = LOG_IN_SECONDS
    ) -> dict[str, Any]:
        """Open the browser, wait for its way back, and return who logged in (ID token claims).

        ``browse`` says False when it opened nothing. Raises UserFacingError then, when nobody came
        back in time, when what came back is not ours or names somebody else.
        """
        provider = self._provider
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(64)
        with Redirect(state) as redirect:
            asked = {
                "response_type": "code",
                "client_id": provider.client_id,
                "redirect_uri": redirect.address,
                "scope": provider.scope,
                "acr_values": provider.acr,
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge(verifier),
                "code_challenge_method": "S256",
            }
            if browse(f"{provider.authorize}?{urlencode(asked)}") is False:
                raise _no_browser()
            code = redirect.wait(seconds)
            answer = self._post(
                provider.token,
                {
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": redirect.address,
                    "code_verifier": verifier,
                },
            )
        return self._opened(answer, nonce)

    def log_in_on_phone(
        self,
        national_id: str,
        binding: str,
        seconds: float = LOG_IN_SECONDS,
        pause: Callable[[float], object] = time.sleep,
    ) -> dict[str, Any]:
        """CIBA: the doctor confirms on the e-CPS application; ``binding`` is shown on both sides.

        Raises UserFacingError when it was refused, when nobody answered in time, or another one.
        """
        asked = {
            "scope": self._provider.scope,
            "login_hint": national_id,
            "binding_message": binding,
            "acr_values": self._provider.acr,
        }
        started = self._post(self._provider.ciba, asked)
        request_id, beat = _word(started, "auth_req_id"), _seconds(started, "interval", 5)
        limit = self._now() + seconds
        while (left := limit - self._now()) > 0:
            pause(min(beat, left))
            answer = self._post(
                self._provider.token,
                {"grant_type": CIBA_GRANT, "auth_req_id": request_id},
                waits=True,
            )
            match answer.get("error"):
                case "authorization_pending":
                    continue
                case "slow_down":
                    beat += 5
                case _:
                    return self._opened(answer, None)
        raise _nobody()

    # --- inside -------------------------------------------------------------------------------

    def _opened(self, answer: dict[str, Any], nonce: str | None) -> dict[str, Any]:
        claims = self._claims(_word(answer, "id_token"), nonce)
        with self._lock:
            # Asked now: while the browser was open another card may have come.
            if identities(claims) != {self._holder()}:
                raise _somebody_else()
            self._session = self._session_of(answer, "")
        return claims

    def _renewed(self, session: _Session) -> _Session:
        asked = {"grant_type": "refresh_token", "refresh_token": session.refresh}
        try:
            answer = self._post(self._provider.token, asked)
        except _Refused as error:
            self._session = None
            raise _log_in_first() from error
        self._session = self._session_of(answer, session.refresh)
        return self._session

    def _session_of(self, answer: dict[str, Any], refresh: str) -> _Session:
        access = _word(answer, "access_token")
        renews = _word(answer, "refresh_token") if answer.get("refresh_token") else refresh
        return _Session(access, renews, self._now() + _seconds(answer, "expires_in", 60))

    def _claims(self, token: str, nonce: str | None) -> dict[str, Any]:
        """OpenID Connect Core §3.1.3.7: signature, issuer, audience, hours, nonce."""
        provider = self._provider
        try:
            keys = KeySet.import_key_set(self._get(provider.keys))  # type: ignore[arg-type]
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            rules = jwt.JWTClaimsRegistry(
                now=int(self._wall()),
                leeway=60,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": provider.client_id},
                exp={"essential": True},
            )
            rules.validate(claims)
        except _UNREADABLE as error:
            raise _nonsense() from error
        if nonce is not None and claims.get("nonce") != nonce:
            raise _nonsense()
        return dict(claims)

    def _get(self, address: str) -> dict[str, Any]:
        return self._asked(address, None, waits=False)

    def _post(self, address: str, form: dict[str, str], *, waits: bool = False) -> dict[str, Any]:
        provider = self._provider
        given = {"client_id": provider.client_id, **form}
        if provider.client_secret:
            given["client_secret"] = provider.client_secret
        return self._asked(address, given, waits=waits)

    def _asked(self, address: str, form: dict[str, str] | None, *, waits: bool) -> dict[str, Any]:
        _must_be_safe(address)
        limits = Limits(TIMEOUT, TIMEOUT, MAX_ANSWER, grows=False)
        try:
            answer = web.ask(address, limits, form=form, trust=self._provider.verify)
        except MalformedAnswer as error:
            raise _nonsense() from error
        except TransportError as error:
            raise UserFacingError(
                "Pro Santé Connect ne répond pas.",
                advice="Nouvel essai automatique ; rien n’est perdu.",
                details=error.reason,
                may_retry=True,
            ) from error
        told, status = _object(answer.content), answer.status
        pending = waits and told.get("error") in ("authorization_pending", "slow_down")
        if status >= 400 and not pending:
            log.warning("openid refused: HTTP %d", status)
            raise _Refused(str(told.get("error", status))[:60])
        return told


def challenge(verifier: str) -> str:
    """S256 (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except NONSENSE as error:
        raise _nonsense() from error
    if not isinstance(told, dict):
        raise _nonsense()
    return told


def _word(told: dict[str, Any], name: str) -> str:
    """A token or a reference: printable and without blanks, as it goes into headers."""
    found = told.get(name)
    if not isinstance(found, str) or not _WORD.fullmatch(found):
        raise _nonsense()
    return found


def _seconds(told: dict[str, Any], name: str, default: float) -> float:
    found = told.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= LONGEST:
        raise _nonsense()
    return float(found)


def identities(claims: dict[str, Any]) -> set[str]:
    """Every national id (PS_IdNat, 12 figures) that the token says its owner has."""
    said = [claims.get("SubjectNameID"), claims.get("preferred_username")]
    # Keycloak's own reference ends with it: f:<store>:<national id>.
    said.append(str(claims.get("sub", "")).rpartition(":")[2])
    return {one for one in said if isinstance(one, str) and _NATIONAL_ID.fullmatch(one)}


def _must_be_safe(address: str) -> None:
    """Tokens travel over TLS, or stay on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise UserFacingError(
            "L’adresse de Pro Santé Connect n’est pas sûre.",
            advice="Elle doit commencer par https://.",
        )


class _Refused(UserFacingError):
    """The provider said no."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "Pro Santé Connect a refusé la connexion.",
            advice="Connectez-vous de nouveau.",
            details=code,
            may_retry=True,
        )


def _log_in_first() -> UserFacingError:
    return UserFacingError(
        "Votre session Pro Santé Connect est fermée.",
        advice="Reconnectez-vous pour relever et envoyer vos messages.",
        may_retry=True,
    )


def _nobody() -> UserFacingError:
    return UserFacingError(
        "La connexion à Pro Santé Connect n’a pas été confirmée.", advice="Recommencez."
    )


def _no_browser() -> UserFacingError:
    return UserFacingError(
        "Aucun navigateur ne s’ouvre sur ce poste.",
        advice="Installez-en un, ou choisissez « téléphone » dans les réglages de Pro Santé "
        "Connect.",
    )


def _somebody_else() -> UserFacingError:
    return UserFacingError(
        "La personne connectée à Pro Santé Connect n’est pas celle de la carte.",
        advice="Déconnectez-la dans le navigateur, puis connectez-vous avec votre identité.",
    )


def _nonsense() -> UserFacingError:
    return UserFacingError(
        "La réponse de Pro Santé Connect n’est pas valable.",
        advice="Recommencez ; si cela persiste, prévenez votre assistance.",
    )
