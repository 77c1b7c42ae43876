"""The zone is the practice's: one module proposes one, and nobody asks the machine for its own."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "lgc"
PROPOSES = "settings.py"


def _calls(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node


def _places(wrong):
    return [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in _calls(path)
        if wrong(node)
    ]


def test_one_module_alone_names_a_zone():
    named = [
        str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        if "Europe/Paris" in path.read_text("utf-8")
    ]
    assert named == [PROPOSES]


def test_no_moment_is_told_on_the_wall_of_the_machine():
    assert not _places(lambda node: node.func.attr == "astimezone" and not node.args)
    assert not _places(
        lambda node: node.func.attr == "fromtimestamp" and len(node.args) + len(node.keywords) < 2
    )
    assert not _places(
        lambda node: (
            node.func.attr == "now"
            and ast.unparse(node.func)
            in ("dt.datetime.now", "datetime.now", "datetime.datetime.now")
            and not node.args
        )
    )
