"""Waits of machines go through ``domain.instants``: no lane adds seconds to a wall."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "lgc"
# Steps between times that a person chose, or marks of one test practice: walls, on purpose.
WALLS = {"services/seeding_demo.py"}
SHORT = {"seconds", "minutes", "hours"}


def _of_now(node: ast.expr) -> bool:
    return any(
        (isinstance(one, ast.Attribute) and one.attr in {"now", "_now"})
        or (isinstance(one, ast.Name) and one.id == "now")
        for one in ast.walk(node)
    )


def _short(node: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Call)
        and any(word.arg in SHORT for word in one.keywords)
        and ast.unparse(one.func).endswith("timedelta")
        for one in ast.walk(node)
    )


@pytest.mark.parametrize("folder", ["jobs", "services", "transport", "dmp", "mssante", "store"])
def test_no_wait_is_added_to_the_time_on_the_wall(folder):
    found = []
    for path in sorted((SOURCE / folder).rglob("*.py")):
        if str(path.relative_to(SOURCE)) in WALLS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Add, ast.Sub)):
                continue
            sides = (node.left, node.right)
            if any(map(_of_now, sides)) and any(map(_short, sides)):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert not found
