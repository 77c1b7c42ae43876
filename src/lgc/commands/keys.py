"""``lgc keys``: every key of every screen, read from the places where the actions are made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import lgc
from lgc.commands.console import say

LAYOUTS = ("fr", "bépo", "be", "ch", "us")
# Where a sign is not on its own key, what is pressed for it. The row of digits acts as drawn on
# every layout (components/digit_row).
_SIGNS: Mapping[str, Mapping[str, str]] = {
    "?": {"fr": "Maj ,", "bépo": "Maj '", "be": "Maj ,", "ch": "Maj '", "us": "Maj /"},
    "+": {"fr": "Maj =", "be": "Maj =", "ch": "Maj 1", "us": "Maj ="},
    "-": {"fr": "touche 6"},
    "=": {"ch": "Maj 0"},
}
_WORDS = {
    "Shift": "Maj", "Return": "Entrée", "Enter": "Entrée (pavé)", "Esc": "Échap",
    "Space": "Espace", "Del": "Suppr", "Up": "↑", "Down": "↓", "PgUp": "Pg préc.",
    "PgDown": "Pg suiv.", "Left": "←", "Right": "→", "Home": "Début", "End": "Fin",
    "Backspace": "Retour arrière",
}  # fmt: skip
_SCREENS = {
    "access": "Ouverture", "agenda": "Agenda", "closing": "Fin de consultation",
    "components": "Tout dialogue", "contacts": "Contacts", "dmp": "DMP", "documents": "Document",
    "home": "Accueil", "mailbox": "Messages", "patients": "Nouveau patient", "queue": "Envois",
    "record": "Dossier", "biology": "Dossier, biologie", "listing": "Dossier, documents",
    "measures": "Dossier, mesures", "medical": "Dossier, données médicales",
    "administrative": "Dossier, administratif", "writing": "Dossier, saisie",
    "reusing": "Reprise", "settings": "Réglages", "sharing": "Partage",
}  # fmt: skip
_ANYWHERE = "Partout"
_OWN_VERB = "Le verbe du dialogue"


@dataclass(frozen=True, order=True)
class Line:
    """One key of one screen. ``keys`` as Qt writes them, ``act`` as the doctor reads it."""

    screen: str
    keys: str
    act: str

    def pressed(self, layout: str) -> str:
        """What the hands do on this layout (one of LAYOUTS)."""
        held, _, last = self.keys.rpartition("+")
        if self.keys.endswith("+"):
            held, last = self.keys[:-1].rstrip("+"), "+"
        sign = _SIGNS.get(last, {}).get(layout, last)
        parts = [one for one in held.split("+") if one] + [sign]
        return " ".join(_WORDS.get(one, one) for one in parts)


def run() -> int:
    """Print the table, tabs between its columns."""
    say(["\t".join(("écran", "touche", "acte", *LAYOUTS)), *map(_row, table())])
    return 0


def _row(one: Line) -> str:
    pressed = (one.pressed(layout) for layout in LAYOUTS)
    return "\t".join((one.screen, one.keys, one.act, *pressed))


def table() -> tuple[Line, ...]:
    """Every key of the product, by screen."""
    folder = Path(lgc.__file__).parent / "desktop"
    found: set[Line] = set()
    for file in folder.rglob("*.py"):
        place = file.relative_to(folder).parts[:-1]
        screen = _SCREENS.get(place[-1], place[-1]) if place else _ANYWHERE
        for keys, act in _Reader(ast.parse(file.read_text("utf-8"))).lines():
            found.add(Line(screen, keys, act))
    return tuple(sorted(found))


def _of_class(made: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """What a widget does with keys that come to it as strokes: its ``KEYS``."""
    for one in made.body:
        if isinstance(one, ast.Assign) and [ast.unparse(t) for t in one.targets] == ["KEYS"]:
            yield from ast.literal_eval(one.value)


class _Reader:
    """The calls of one module that give a key to an act."""

    def __init__(self, module: ast.Module) -> None:
        self._module = module
        self._known: dict[str, ast.expr] = {}
        for one in module.body:
            target = one.targets[0] if isinstance(one, ast.Assign) else None
            if isinstance(one, ast.Assign) and isinstance(target, ast.Name):
                self._known[target.id] = one.value

    def lines(self) -> Iterator[tuple[str, str]]:
        """Each key as Qt writes it, with its act."""
        yield from self._under(self._module, {})

    def _under(self, node: ast.AST, bound: Mapping[str, ast.expr]) -> Iterator[tuple[str, str]]:
        loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
        if loops and not isinstance(node, ast.expr_context):
            turns = list(self._turns(loops[0].target, loops[0].iter))
            inside = node.body if isinstance(node, ast.For) else [getattr(node, "elt", None)]
            for turn in turns or [{}]:
                for one in inside:
                    if isinstance(one, ast.AST):
                        yield from self._under(one, {**bound, **turn})
            return
        if isinstance(node, ast.Call):
            yield from self._call(node, bound)
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        for child in ast.iter_child_nodes(node):
            yield from self._under(child, bound)

    def _turns(self, target: ast.expr, rows: ast.expr) -> Iterator[dict[str, ast.expr]]:
        unpacked = isinstance(target, ast.Tuple)
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        for row in self._each(rows):
            pairs = zip(names, self._each(row) if unpacked else [row], strict=False)
            yield {name.id: cell for name, cell in pairs if isinstance(name, ast.Name)}

    def _each(self, rows: ast.expr) -> Iterator[ast.expr]:
        """What a tuple or a list holds, those that it opens with a star among them.

        It ends at one that is made while it runs: what follows has no place that can be told.
        """
        if isinstance(rows, ast.Name):
            rows = self._known.get(rows.id, rows)
        for one in getattr(rows, "elts", []):
            if not isinstance(one, ast.Starred):
                yield one
                continue
            opened = list(self._each(one.value))
            yield from opened
            if not opened:
                return

    def _call(self, call: ast.Call, bound: Mapping[str, ast.expr]) -> Iterator[tuple[str, str]]:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        more = {one.arg: one.value for one in call.keywords if one.arg}
        if name == "action":
            own = [*call.args[3:4], *([more["shortcut"]] if "shortcut" in more else [])]
            others = getattr(more.get("others"), "elts", [])
            act = more.get("help") or call.args[1]
            said = self._words(act, bound) or self._words(call.args[1], bound) or _OWN_VERB
        elif name == "add_page" and "shortcut" in more:
            own, others = [more["shortcut"]], []
            said = self._words(more.get("help", call.args[0]), bound)
        elif name == "Entry" and len(call.args) > 3:
            own, others = [call.args[3]], []
            said = self._words(call.args[1], bound)
        else:
            return
        for one in (*own, *others):
            keys = self._words(one, bound)
            if keys:
                yield keys, said

    def _words(self, node: ast.expr, bound: Mapping[str, ast.expr]) -> str:
        """A text that is written there, or bound by a loop; "" for one made while it runs."""
        if isinstance(node, ast.Name):
            given = bound.get(node.id) or self._known.get(node.id)
            return self._words(given, {}) if given is not None else ""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._words(one, bound) for one in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._words(node.value, bound)
        if isinstance(node, ast.Subscript):
            return ""
        if isinstance(node, ast.Call):  # str(number), name.lower()
            of = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0]
            return self._words(of, bound)
        return ""
