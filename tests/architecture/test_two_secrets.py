"""Two secrets, two names: « code de déblocage de la carte » and « clé de secours du cabinet ».

On every screen, in every sentence, on paper (``RecoveryCode`` prints it) and in what is told of a
version.
"""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
SHIPPED = ("src", "resources", "cda_templates")
KINDS = {".py", ".toml", ".xml", ".html", ".md", ".qss", ".json", ".csv"}
NAMES = (
    (re.compile(r"codes?\s+de\s+secours", re.IGNORECASE), re.compile(r"(?!)")),
    (re.compile(r"clés?\s+de\s+secours", re.IGNORECASE), re.compile(r"\s+d(?:u|e ce)\s+cabinet")),
    (re.compile(r"codes?\s+de\s+déblocage", re.IGNORECASE), re.compile(r"\s+de\s+la\s+carte")),
    (re.compile(r"(?:code|numéro)\s+PUK", re.IGNORECASE), re.compile(r"(?!)")),
)  # fmt: skip


def texts():
    for folder in SHIPPED:
        for file in sorted((HERE / folder).rglob("*")):
            if file.suffix in KINDS and file.is_file():
                yield file
    yield HERE / "CHANGELOG.md"
    yield HERE / "README.md"


def test_each_secret_has_its_whole_name_everywhere():
    seen, wrong = 0, []
    for file in texts():
        words = file.read_text("utf-8", errors="replace")
        for found, then in NAMES:
            for one in found.finditer(words):
                seen += 1
                rest = re.sub(r'"\s*\n\s*f?"', "", words[one.end() : one.end() + 60])
                if not then.match(rest):
                    line = words[: one.start()].count("\n") + 1
                    wrong.append(f"{file.relative_to(HERE)}:{line} {one.group()}{rest[:20]!r}")

    assert wrong == []
    assert seen > 15
