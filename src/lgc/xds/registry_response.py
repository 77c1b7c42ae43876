"""RegistryResponse of ebRS 3.0: success, failure, partial success (ITI TF-3 §4.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from lgc.errors import UnreadableInput

RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
MAX_ERRORS = 100


class RegistryStatus(StrEnum):
    SUCCESS = "Success"
    PARTIAL = "PartialSuccess"
    FAILURE = "Failure"


@dataclass(frozen=True, slots=True)
class RegistryError:
    """One error, verbatim. ``severe`` is false for a warning."""

    code: str
    words: str
    location: str = ""
    severe: bool = True


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What the registry says of a request."""

    status: RegistryStatus
    errors: tuple[RegistryError, ...] = ()

    @property
    def worst(self) -> RegistryError:
        """The error to act on: the first severe one, an empty one when none was given."""
        severe = next((e for e in self.errors if e.severe), None)
        return severe or next(iter(self.errors), RegistryError("", ""))


def read(body: etree._Element) -> RegistryAnswer:
    """From any element that carries ``@status`` and a RegistryErrorList, itself or a child.

    Raises UnreadableInput when there is no status that can be understood.
    """
    nodes = [n for n in body.iter() if isinstance(n.tag, str) and n.get("status")]
    carrier = next((n for n in nodes if "ResponseStatusType" in n.get("status", "")), None)
    if carrier is None:
        raise UnreadableInput("La réponse du registre est incompréhensible.")
    words = carrier.get("status", "").rsplit(":", 1)[-1].lower()
    status = next((s for s in RegistryStatus if s.value.lower() == words), None)
    if status is None:
        raise UnreadableInput("La réponse du registre est incompréhensible.")
    errors = list(body.iter(f"{{{RS}}}RegistryError"))[:MAX_ERRORS]
    return RegistryAnswer(status, tuple(_error(e) for e in errors))


def _error(node: etree._Element) -> RegistryError:
    words = node.get("codeContext") or "".join(str(t) for t in node.itertext())
    return RegistryError(
        code=node.get("errorCode", ""),
        words=" ".join(words.split()),
        location=node.get("location", ""),
        severe=not node.get("severity", "").lower().endswith(":warning"),
    )
