"""A zip archive from outside, read in memory within limits, never extracted to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from lgc.errors import UnreadableInput

MAX_MEMBERS = 2000
MAX_TOTAL = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS = 1024 * 1024
CHUNK = 1 << 16


class BoundedZip:
    """Files by their path, junk and escaping names left out and told in ``ignored``."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableInput when it is no zip, or asks for too much."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _unreadable("Cette archive est illisible.") from error
        members = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise _unreadable("Cette archive contient trop de fichiers.")
        if sum(info.file_size for info in members) > MAX_TOTAL:
            raise _unreadable("Cette archive est trop volumineuse une fois ouverte.")
        self.ignored: list[str] = []
        self._files: dict[str, zipfile.ZipInfo] = {}
        for info in members:
            self._admit(info)

    def names(self) -> list[str]:
        return list(self._files)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises UnreadableInput: encrypted, damaged, or a bomb."""
        info = self._files[name]
        limit = max(info.compress_size * MAX_RATIO, RATIO_MATTERS)
        taken = bytearray()
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(CHUNK):
                    taken += chunk
                    if len(taken) > limit:
                        raise _unreadable("Cette archive se déploie au-delà du raisonnable.")
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
            OSError,
        ) as error:
            raise _unreadable("Un fichier de l’archive est endommagé ou chiffré.") from error
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
        if path.is_absolute() or ".." in parts or (parts and ":" in parts[0]):
            self.ignored.append(f"{path.name} : chemin qui sort de l’archive, ignoré")
        elif any(part.startswith(".") or part == "__MACOSX" for part in parts):
            return  # what systems leave behind is not worth a word
        else:
            self._files[str(path)] = info


def _unreadable(sentence: str) -> UnreadableInput:
    return UnreadableInput(sentence, advice="L’original est conservé avec le message.")
