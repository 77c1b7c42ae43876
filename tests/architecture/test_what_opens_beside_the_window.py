"""Menus and dialogs of the system open by one door each, which the lock can close."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src/lgc/desktop").rglob("*.py"))
OF_THE_SYSTEM = {
    "QFileDialog",
    "QPrintDialog",
    "QPageSetupDialog",
    "QPrintPreviewDialog",
    "QMessageBox",
    "QInputDialog",
    "QColorDialog",
    "QFontDialog",
    "QErrorMessage",
    "QProgressDialog",
    "QWizard",
}


def places(module, found):
    return [f"{module.relative_to(ROOT)}:{node.lineno}" for node in found]


def named(module, names):
    tree = ast.parse(module.read_text("utf-8"))
    return places(module, (n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in names))


def called(module, names):
    tree = ast.parse(module.read_text("utf-8"))
    return places(
        module,
        (
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Call)
            and isinstance(n.func, ast.Attribute)
            and n.func.attr in names
            and ast.unparse(n.func) != "app.exec"
        ),
    )


def elsewhere(door):
    return [module for module in MODULES if module != ROOT / "src/lgc/desktop" / door]


def test_dialogs_of_the_system_are_opened_by_one_module():
    assert not [p for m in elsewhere("system_dialogs.py") for p in named(m, OF_THE_SYSTEM)]


def test_menus_are_opened_by_one_function():
    assert not [p for m in elsewhere("components/menus.py") for p in called(m, {"popup"})]


def test_nothing_waits_for_a_window():
    assert not [p for m in MODULES for p in called(m, {"exec", "exec_"})]
