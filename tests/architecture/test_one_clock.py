"""The time is told by a clock that was given: the machine's is read in two places."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "lgc"
CLOCKS = {"bootstrap.py", "domain/instants.py"}
ASKING = {"now", "utcnow", "today"}
QT = {"currentDate", "currentDateTime", "currentDateTimeUtc", "currentTime"}
FILES = sorted(SOURCE.rglob("*.py"))


def read(path):
    return ast.parse(path.read_text("utf-8"))


def of_the_machine(node):
    """``dt.datetime.now(…)``, ``date.today()``, ``QDate.currentDate()``."""
    if not isinstance(node, ast.Attribute):
        return False
    whose = ast.unparse(node.value).rpartition(".")[2]
    return (node.attr in ASKING and whose in {"datetime", "date"}) or (
        node.attr in QT and whose.startswith("Q")
    )


def where(path, node):
    return f"{path.relative_to(SOURCE)}:{node.lineno}"


def test_nobody_else_asks_the_machine_for_the_time():
    found = [
        where(path, node)
        for path in FILES
        if path.relative_to(SOURCE).as_posix() not in CLOCKS
        for node in ast.walk(read(path))
        if of_the_machine(node)
    ]
    assert not found


def test_the_machine_s_clock_is_only_what_a_given_one_is_by_default():
    found = []
    for path in FILES:
        tree = read(path)
        defaults = {
            id(one)
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.Lambda))
            for one in [*node.args.defaults, *node.args.kw_defaults]
        }
        found += [
            where(path, node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and node.id == "machine_now" and id(node) not in defaults
        ]
    assert not found


@pytest.mark.parametrize(
    "words", ["dt.date.today()", "datetime.now(UTC)", "dt.datetime.utcnow()", "QDate.currentDate()"]
)
def test_each_way_of_asking_is_seen(words):
    assert any(map(of_the_machine, ast.walk(ast.parse(words))))


def test_a_given_clock_is_none():
    assert not any(map(of_the_machine, ast.walk(ast.parse("self._clock.now().date()"))))
