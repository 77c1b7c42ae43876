"""A zip archive from outside, read in memory within limits, never extracted to disk."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from lgc.errors import UnreadableInput

MAX_MEMBERS = 2000
MAX_TOTAL = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS = 1024 * 1024
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


class BoundedZip:
    """Files by their path, junk and escaping names left out and told in ``ignored``."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableInput when it is no zip, or asks for too much."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise _damaged("Cette archive est illisible.", error) from error
        members = [info for info in self._zip.infolist() if not _is_folder(info)]
        if len(members) > MAX_MEMBERS:
            raise _unreadable("Cette archive contient trop de fichiers.")
        if sum(info.file_size for info in members) > MAX_TOTAL:
            raise _unreadable("Cette archive est trop volumineuse une fois ouverte.")
        self.ignored: list[str] = []
        self.damaged: dict[str, str] = {}
        self._files: dict[str, zipfile.ZipInfo] = {}
        for info in members:
            self._admit(info)

    def names(self) -> list[str]:
        return list(self._files)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises UnreadableInput for one that is encrypted or a bomb,
        DamagedArchive for one that is damaged: ``damaged`` remembers it."""
        info = self._files[name]
        if info.flag_bits & ENCRYPTED:
            raise _unreadable("Un fichier de l’archive est chiffré.")
        limit = max(info.compress_size * MAX_RATIO, RATIO_MATTERS)
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

    def find(self, name: str) -> str | None:
        """The file of that path, whatever its case; None when it is not there."""
        if name in self._files:
            return name
        folded = name.casefold()
        return next((known for known in self._files if known.casefold() == folded), None)

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


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.filename.endswith("/")


def _damaged(sentence: str, error: BaseException, where: str = "") -> DamagedArchive:
    details = f"zip, {where}{type(error).__name__}"
    return DamagedArchive(
        sentence, advice="L’original est conservé avec le message.", details=details
    )


def _unreadable(sentence: str) -> UnreadableInput:
    return UnreadableInput(sentence, advice="L’original est conservé avec le message.")
