"""Plan de vérification: each requirement with the tests that prove it.

``python3 scripts/requirements.py`` prints the table; it ends with 1 when a number has neither
a test nor a reason. Nothing is imported: the marks are read in the sources of the tests.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "tests" / "plan.toml"
QUOTED = re.compile(
    r"\b((?:EX_|REC_)[0-9A-Z.]+-)(\d{3,4}(?:/\d{3,4})*)|\b(RG_\d{4}|PRE_TPS"
    r"|ECO\.\d\.\d\.\d|SC\.(?:MSS|CDA)/[A-Z]+\.\d\d|(?:MSS|INS|BIO)/va\d\.\d\d|LGC\.MDV\.\d\d)\b"
)


def plan() -> dict[str, dict[str, str]]:
    """The numbers with their gist, and why a few have no test."""
    return tomllib.loads(PLAN.read_text("utf-8"))


def quoted(text: str) -> set[str]:
    """Requirement numbers in a text; ``EX_3.1-1030/1040`` is two of them."""
    found = set()
    for stem, numbers, alone in QUOTED.findall(text):
        found |= {stem + number for number in numbers.split("/")} if stem else {alone}
    return found


def proofs() -> dict[str, list[str]]:
    """Requirement number → tests that carry it, as ``path::name``."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                name = f"{file.relative_to(ROOT).as_posix()}::{node.name}"
                for number in _marks(node):
                    found.setdefault(number, []).append(name)
    return found


def _marks(node: ast.FunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == (
            "pytest.mark.requirement"
        ):
            yield from (str(a.value) for a in decorator.args if isinstance(a, ast.Constant))


def unproved() -> list[str]:
    """Numbers of the plan with neither a test nor a reason."""
    known = proofs()
    return [number for number, row in plan().items() if number not in known and "why" not in row]


def main() -> int:
    known = proofs()
    for number, row in plan().items():
        print(f"{number:14} {row['gist']}")
        for name in known.get(number, []):
            print(f"{'':14}   {name}")
        if number not in known:
            print(f"{'':14}   {row.get('why', 'PAS DE TEST')}")
    missing = unproved()
    print(f"\n{len(plan())} exigences, {len(missing)} sans test ni raison")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
