"""A zip archive from outside, read in memory within limits, never extracted to disk.

What is small is opened here; what is larger is opened whole in the reading process.
"""

from __future__ import annotations

import io
import lzma
import struct
import unicodedata
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from lgc.errors import UnreadableInput
from lgc.reading import isolated, limits
from lgc.reading.jobs import Answer

KEPT = "L’original est conservé avec le message."
CHUNK = 1 << 16
ENCRYPTED = 0x1
# What the library raises on archives that do not keep to their own directory.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    EOFError,
    OSError,
    MemoryError,
)


class DamagedArchive(UnreadableInput):
    """It is cut or was changed on the way; ``details`` say where, for who helps."""


class Archive(ABC):
    """Files by their path, junk and escaping names left out and told in ``ignored``."""

    def __init__(self) -> None:
        self.ignored: list[str] = []
        self.damaged: dict[str, str] = {}

    @abstractmethod
    def names(self) -> list[str]:
        """The paths of the files that may be read."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises UnreadableInput for one that is encrypted or a bomb,
        DamagedArchive for one that is damaged: ``damaged`` remembers it."""

    def find(self, name: str) -> str | None:
        """The file of that path, whatever its case; None when it is not there."""
        return _found(name, self.names())


def opened(data: bytes) -> Archive:
    """Raises UnreadableInput when it is no zip, or asks for too much."""
    return BoundedZip(data) if len(data) <= limits.ARCHIVE_HERE else ReadZip(data)


class BoundedZip(Archive):
    """Opened here, each file when it is asked for."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise _damaged("Cette archive est illisible.", error) from error
        members = [info for info in self._zip.infolist() if not _is_folder(info)]
        if len(members) > limits.ARCHIVE_FILES:
            raise _unreadable("Cette archive contient trop de fichiers.")
        if sum(info.file_size for info in members) > limits.ARCHIVE_BYTES:
            raise _unreadable("Cette archive est trop volumineuse une fois ouverte.")
        self._files: dict[str, zipfile.ZipInfo] = {}
        for info in members:
            self._admit(info)

    def names(self) -> list[str]:
        return list(self._files)

    def read(self, name: str) -> bytes:
        info = self._files[name]
        if info.flag_bits & ENCRYPTED:
            raise _unreadable("Un fichier de l’archive est chiffré.")
        limit = max(info.compress_size * limits.ARCHIVE_RATIO, limits.RATIO_MATTERS)
        taken = bytearray()
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(CHUNK):
                    taken += chunk
                    if len(taken) > limit:
                        raise _unreadable("Cette archive se déploie au-delà du raisonnable.")
        except BROKEN as error:
            place = list(self._files).index(name) + 1
            fault = _damaged("Un fichier de l’archive est endommagé.", error, f"member {place}, ")
            self.damaged[name] = fault.details
            raise fault from error
        return bytes(taken)

    def _admit(self, info: zipfile.ZipInfo) -> None:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        parts = path.parts
        if not parts:
            nameless = f"sans nom {len(self._files) + 1}"
            self._files[nameless] = info
            self.damaged[nameless] = "a member without a name"
        elif path.is_absolute() or ".." in parts or (parts and ":" in parts[0]):
            self.ignored.append(f"{path.name} : chemin qui sort de l’archive, ignoré")
        elif any(part.startswith(".") or part == "__MACOSX" for part in parts):
            return  # what systems leave behind is not worth a word
        else:
            self._files[str(path)] = info


class ReadZip(Archive):
    """Opened whole by the reading process."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableInput when it is no zip, or asks for too much."""
        super().__init__()
        said = isolated.ask("archive.files", data)
        try:
            self._take(said)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise _unreadable("Cette archive est illisible.") from error

    def _take(self, said: Answer) -> None:
        values = said.values
        if "broken" in values:
            raise DamagedArchive(values["broken"], advice=KEPT, details=values["details"])
        self.ignored = list(values["ignored"])
        self.damaged = dict(values["nameless"])
        self._files = {
            one["name"]: (one, content)
            for one, content in zip(values["files"], said.blobs, strict=True)
        }

    def names(self) -> list[str]:
        return list(self._files)

    def read(self, name: str) -> bytes:
        about, content = self._files[name]
        if about["damaged"]:
            self.damaged[name] = about["details"]
            raise DamagedArchive(about["fault"], advice=KEPT, details=about["details"])
        if about["fault"]:
            raise _unreadable(about["fault"])
        return content


def job(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """Every file of an archive, and what is wrong with each."""
    try:
        archive = BoundedZip(blobs[0])
    except DamagedArchive as error:
        return Answer({"broken": error.sentence, "details": error.details})
    nameless = dict(archive.damaged)
    files, contents = [], []
    for name in archive.names():
        content, fault, details, damaged = b"", "", "", False
        try:
            content = archive.read(name)
        except UnreadableInput as error:
            fault, details = error.sentence, error.details
            damaged = isinstance(error, DamagedArchive)
        contents.append(content)
        files.append({"name": name, "fault": fault, "details": details, "damaged": damaged})
    said = {"files": files, "ignored": archive.ignored, "nameless": nameless}
    return Answer(said, contents)


def _found(name: str, known: Iterable[str]) -> str | None:
    """The name itself, else one that differs by case or by how its accents are written."""
    names = list(known)
    if name in names:
        return name
    folded = _folded(name)
    near = (one for one in names if folded in (_folded(read) for read in (one, *_otherwise(one))))
    return next(near, None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _otherwise(name: str) -> Iterator[str]:
    """A name without a mark of UTF-8 comes as cp437 (APPNOTE appendix D); few wrote it so."""
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return
    if raw.isascii():
        return
    for codec in ("utf-8", "cp850", "cp1252", "mac_roman"):
        with suppress(UnicodeDecodeError):
            yield raw.decode(codec)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.filename.endswith("/")


def _damaged(sentence: str, error: BaseException, where: str = "") -> DamagedArchive:
    details = f"zip, {where}{type(error).__name__}"
    return DamagedArchive(sentence, advice=KEPT, details=details)


def _unreadable(sentence: str) -> UnreadableInput:
    return UnreadableInput(sentence, advice=KEPT)
