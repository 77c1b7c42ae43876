"""What a widget is connected to may outlive it: the connection must not."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path for room in ("desktop", "tour") for path in (ROOT / "src/lgc" / room).rglob("*.py")
)
# They outlive the page that listens: the bridge, the theme, the application, a task, a session.
OUTLIVING = {"bridge", "app", "current", "clipboard", "task", "tasks", "desktop", "frame"}


def calls(name):
    """Every call of a method of that name, with where it stands."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def nameless(slot):
    """A function without a QObject behind it: Qt cannot end its connection with the widget."""
    return isinstance(slot, ast.Lambda) or (
        isinstance(slot, ast.Call) and getattr(slot.func, "id", "") == "partial"
    )


def words(signal):
    names = {node.attr for node in ast.walk(signal) if isinstance(node, ast.Attribute)}
    return {
        name.lstrip("_")
        for name in names | {node.id for node in ast.walk(signal) if isinstance(node, ast.Name)}
    }


def test_only_methods_hear_what_outlives_them():
    wrong = [
        place
        for place, call in calls("connect")
        if call.args and nameless(call.args[0])
        # A signal by a bare name comes from a loop over signals: whose they are cannot be seen.
        if isinstance(call.func.value, ast.Name) or words(call.func.value) & OUTLIVING
    ]

    assert not wrong


def test_what_is_done_later_is_forgotten_with_its_object():
    """``QTimer.singleShot(ms, object, call)``."""
    assert not [place for place, call in calls("singleShot") if len(call.args) < 3]


def test_the_move_of_the_focus_starts_a_timer_and_nothing_else():
    """Qt tells it from inside destructors, where nothing of ours may be looked at."""
    heard = {
        place: ast.unparse(call.args[0])
        for place, call in calls("connect")
        if ast.unparse(call.func.value).endswith((".focusChanged", ".destroyed"))
    }

    assert heard
    assert not [place for place, slot in heard.items() if not slot.endswith(".start")]


def test_one_module_speaks_to_the_clipboard():
    """It marks what we copy, so that it can be taken back."""
    speaking = {place.split(":")[0] for place, _ in calls("clipboard")}

    assert speaking == {"src/lgc/desktop/clipboard.py"}


def test_dialogs_and_lists_lie_in_the_window_of_their_session():
    """In the frame around it they would stand above the lock, and outlive the session."""
    asking = {place.split(":")[0] for place, _ in calls("window") if "/desktop/" in place}

    assert asking == {
        "src/lgc/desktop/components/buttons.py",  # is it narrow?
        "src/lgc/desktop/components/cover.py",  # window_of
        "src/lgc/desktop/main_window.py",
    }
