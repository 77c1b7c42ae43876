"""The page that an RTF describes, group by group (Rich Text Format 1.9.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lgc.domain import charsets
from lgc.domain.characters import whole
from lgc.reading import limits
from lgc.reading.rtf import fonts, symbols
from lgc.reading.rtf.fields import SILENT, Field
from lgc.reading.rtf.flow import Flow
from lgc.reading.rtf.losses import Loss
from lgc.reading.rtf.tokens import Kind, tokens
from lgc.reading.scripts import Script

SIGNS: Mapping[str, str] = {
    "tab": "\t", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}",
}  # fmt: skip
WITHIN = frozenset(("line", "lbr"))
ENDS_LINE = WITHIN | {"par", "sect", "page", "column", "\n", "\r"}
# Control characters that no page shows; a bare tab is one all the same.
_CONTROLS = bytes(code for code in range(32) if code != 9)
# Groups of the machinery: nothing in them is on the page, or it stands there another time.
MACHINERY = frozenset(
    ("colortbl", "stylesheet", "info", "private1", "nonesttables", "nonshppict", "shprslt", "xe",
     "tc", "tcn", "rxe", "txe", "objdata", "objclass", "objname", "objtime", "objalias", "filetbl")
)  # fmt: skip
# The same where a star opens the group: some of these words mean a format without it.
STARRED = frozenset(
    ("aftncn", "aftnsep", "aftnsepc", "atndate", "atnauthor", "atnicn", "atnid", "atnparent",
     "atnref", "atntime", "atrfend", "atrfstart", "background", "bkmkend", "bkmkstart", "blipuid",
     "colorschememapping", "cs", "datafield", "datastore", "defchp", "defpap", "docvar", "ds",
     "ebcend", "ebcstart", "expandedcolortbl", "factoidname", "falt", "fchars", "ffdeftext",
     "ffentrymcr", "ffexitmcr", "ffformat", "ffhelptext", "ffname", "ffstattext", "fldtype",
     "fontemb", "fontfile", "ftncn", "ftnsep", "ftnsepc", "generator", "gridtbl", "hl", "hlinkbase",
     "hlfr", "hlloc", "hlsrc", "hsv", "htmltag", "keycode", "latentstyles", "lchars",
     "levelmarker", "listoverridetable", "listpicture", "listtable", "mhtmltag", "mmathPr",
     "nesttableprops", "objsect", "oldcprops", "oldpprops", "oldsprops", "oldtprops", "panose",
     "password", "passwordhash", "pgdsctbl", "picprop", "pn", "pnseclvl", "protusertbl", "revtbl",
     "rsidtbl", "svb", "template", "themedata", "themelang", "ts", "userprops", "wgrffmtfilter",
     "writereservhash", "xmlattr", "xmlclose", "xmlnstbl", "xmlopen")
)  # fmt: skip
HEADERS = frozenset(("header", "headerl", "headerr", "headerf"))
FOOTERS = frozenset(("footer", "footerl", "footerr", "footerf"))
NOTES: Mapping[str, str] = {"footnote": "note", "annotation": "commentaire"}
BOXES = frozenset(("shptxt", "dptxbxtext"))
# Groups that hold no word themselves, only other groups.
MUTE = frozenset(
    ("shpinst", "shp", "shpgrp", "do", "object", "upr", "field", "sp", "formfield", "shppict")
)
HIDERS: Mapping[str, str] = {"v": "hidden", "deleted": "deleted", "mvf": "deleted"}
STRIKES = frozenset(("strike", "striked"))
SCRIPTS: Mapping[str, Script] = {
    "super": Script.SUPER, "sub": Script.SUB, "nosupersub": Script.NONE,
    "up": Script.RAISED, "dn": Script.LOWERED,
}  # fmt: skip


@dataclass(slots=True)
class State:
    """What a group may change and its end takes back."""

    flow: Flow
    muted: bool = False
    font: int | None = None
    script: Script = Script.NONE
    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    uc: int = 1
    table: int = 0
    listed: bool = False
    capture: list[str] | None = None
    in_fonts: bool = False
    in_form: bool = False
    # What to do when this group ends.
    ended: Callable[[], None] | None = None
    shape_name: list[str] = field(default_factory=list)


class Document:
    """Reads the whole; ``words`` gives it, ``losses`` what it does not say."""

    def __init__(self, content: bytes) -> None:
        self._content = content.removeprefix(b"\xef\xbb\xbf").lstrip().rstrip(b"\x00\r\n \t")
        self.losses: set[Loss] = set()
        self._body = Flow()
        self._state = State(self._body)
        self._stack: list[State] = []
        self._beyond = 0  # groups open deeper than the limit
        self._skipping = 0  # groups open inside one that is passed over
        self._starred = False
        self._suspect = False  # is what is passed over a group that nobody knows here?
        self._skip = 0  # characters that stand in for \uN
        self._pending = bytearray()
        self._head = "cp1252"
        self._fonts: dict[int, fonts.Font] = {}
        self._font = fonts.Font()
        self._default: int | None = None
        self._fields: list[Field] = []
        self._margins: dict[str, dict[tuple[str, ...], None]] = {"top": {}, "foot": {}}
        self._notes: list[list[str]] = []
        self._written = 0
        self._numbered = False

    # --- the whole ------------------------------------------------------------------------------

    def words(self) -> str:
        """Headers, body, notes, footers; read until a limit comes."""
        found = tokens(self._content)
        for step, (kind, name, number, data) in enumerate(found):
            if step > limits.RTF_STEPS or self._written > limits.WORDS:
                self.losses.add(Loss.CUT)
                break
            if kind is Kind.OPEN:
                self._open()
            elif kind is Kind.CLOSE:
                if self._close():
                    break
            elif self._skipping:
                self._passed_over(kind, data)
            elif kind is Kind.WORD:
                self._word(name, number)
            else:
                self._bytes(data)
        self._flush()
        if any(kind is Kind.BYTES and data.strip(b"\x00 \t") for kind, _, _, data in found):
            self.losses.add(Loss.UNKNOWN)
        return self._together()

    def _together(self) -> str:
        if self._stack or self._beyond:
            self.losses.add(Loss.CUT)
        self._skipping = self._beyond = 0
        while self._stack:  # what stands in open notes and boxes is read as well
            self._close()
        top, foot = ([line for part in self._margins[name] for line in (*part, "")]
                     for name in ("top", "foot"))  # fmt: skip
        notes = [line for note in self._notes for line in note]
        parts = [top, self._body.taken(), notes, foot]
        text = "\n\n".join(filter(None, ("\n".join(part).strip("\n") for part in parts)))
        return whole(text).strip()

    # --- groups ---------------------------------------------------------------------------------

    def _open(self) -> None:
        self._flush()
        self._starred = False
        if self._skipping:
            self._skipping += 1
        elif self._beyond or len(self._stack) >= limits.RTF_DEPTH:
            self._beyond += 1
            self.losses.add(Loss.UNKNOWN)
        else:
            self._skip = 0
            self._stack.append(self._state)
            self._state = replace(self._state, ended=None)

    def _close(self) -> bool:
        """Whether this was the end of the document."""
        self._flush()
        self._starred, self._skip = False, 0
        if self._skipping > 1:
            self._skipping -= 1
            return False
        self._skipping = 0
        if self._beyond:
            self._beyond -= 1
            return False
        if not self._stack:
            return True
        ended, self._state = self._state.ended, self._stack.pop()
        if ended is not None:
            ended()
        return not self._stack

    def _passed_over(self, kind: Kind, data: bytes) -> None:
        if self._suspect and kind is Kind.BYTES and data.strip():
            self.losses.add(Loss.UNKNOWN)

    def _skip_group(self, *, suspect: bool = False) -> None:
        self._skipping, self._suspect = 1, suspect

    # --- words of control -----------------------------------------------------------------------

    def _word(self, name: str, number: int | None) -> None:
        if name == "bin":
            self._skip = max(self._skip - 1, 0)
            return
        self._flush()
        if name == "*":
            self._starred = True
            return
        if self._skip and name in SIGNS:
            self._skip -= 1
            return
        self._skip = 0
        starred, self._starred = self._starred, False
        if name == "u":
            self._unicode(number or 0)
        elif name in SIGNS:
            self._text(SIGNS[name])
        elif starred and name in STARRED:
            self._skip_group()
        elif self._destination(name):
            pass
        elif starred:
            self._skip_group(suspect=True)
        elif not self._break(name):
            self._format(name, number)

    def _break(self, name: str) -> bool:
        """The end of a line, a cell or a row."""
        state = self._state
        if name not in ENDS_LINE and name not in ("cell", "row", "nestcell", "nestrow"):
            return False
        if state.muted or state.capture is not None:
            return True
        level = 2 if name.startswith("nest") else min(state.table, 1)
        if name in ENDS_LINE:
            state.flow.end_line(state.table)
        elif name.endswith("cell"):
            state.flow.end_cell(level)
        else:
            state.flow.end_row(level)
        if name not in WITHIN:
            self.losses |= {Loss.NUMBER} if state.listed and not self._numbered else set()
            self._numbered = False
        return True

    def _format(self, name: str, number: int | None) -> None:
        state, on = self._state, number != 0
        if name in HIDERS:
            setattr(state, HIDERS[name], on)
        elif name in STRIKES:
            state.struck = on
        elif name in SCRIPTS:
            state.script = _script(name, state.script, on=on)
        elif name == "plain":
            state.script, state.font = Script.NONE, self._default
            state.hidden = state.deleted = state.struck = False
        elif name == "pard":
            state.table, state.listed = 0, False
        elif name == "intbl":
            state.table = max(state.table, 1)
        elif name == "itap":
            state.table = max(number or 0, 0)
        elif name == "ls":
            state.listed = bool(number)
        elif name == "uc":
            state.uc = min(max(number if number is not None else 1, 0), 100)
        else:
            self._of_fonts(name, number)

    def _of_fonts(self, name: str, number: int | None) -> None:
        state = self._state
        if name == "f" and state.in_fonts:
            self._font = self._fonts.setdefault(number or 0, fonts.Font())
            state.capture = self._font.letters
        elif name == "f":
            state.font = number or 0
        elif name == "fcharset" and state.in_fonts:
            self._font.charset = number
        elif name == "cpg" and state.in_fonts:
            self._font.page = number
        elif name == "deff":
            self._default = state.font = number or 0
        elif name in fonts.HEADS:
            self._head = fonts.HEADS[name]
        elif name == "ansicpg":
            self._head = fonts.page(number or 0) or self._head
            self.losses |= {Loss.SIGN} if number and not fonts.page(number) else set()
        elif name in ("fftype", "ffres", "ffdefres") and state.in_form and self._fields:
            form = self._fields[-1].form
            setattr(form, {"fftype": "kind", "ffres": "result", "ffdefres": "default"}[name],
                    number or 0)  # fmt: skip
        elif name in ("chdate", "chtime", "chdpl", "chdpa", "cldel"):
            self.losses.add(Loss.FIELD if name != "cldel" else Loss.DELETED)

    # --- destinations ---------------------------------------------------------------------------

    def _destination(self, name: str) -> bool:
        """Is it a group of its own? Then where its words go."""
        state = self._state
        if name in ("listtext", "pntext"):
            self._numbered = True
        elif name == "fonttbl":
            state.in_fonts, state.muted = True, True
        elif name in MACHINERY:
            self._skip_group()
        elif name == "pict":
            self.losses.add(Loss.PICTURE)
            self._skip_group()
        elif name in ("moMath", "mmath"):
            self.losses.add(Loss.FORMULA)
            self._skip_group()
        elif name in HEADERS or name in FOOTERS:
            self._apart(lambda lines: self._margin("top" if name in HEADERS else "foot", lines))
        elif name in NOTES:
            self._note(NOTES[name])
        elif name in BOXES:
            self._apart(state.flow.box)
        elif name in MUTE:
            self._mute(name)
        else:
            return self._of_groups(name)
        return True

    def _of_groups(self, name: str) -> bool:
        state = self._state
        if name in ("ud", "result"):
            state.muted = False
        elif name == "fldinst" and self._fields:
            state.capture, state.muted = self._fields[-1].instruction, False
            state.ended = self._instructed
        elif name == "fldrslt":
            state.muted = state.muted or bool(self._fields and self._fields[-1].is_said)
        elif name == "ffl" and self._fields:
            choice: list[str] = []
            state.capture, state.muted = choice, False
            choices = self._fields[-1].form.choices
            state.ended = lambda: choices.append("".join(choice))
        elif name == "sn":
            state.capture = state.shape_name
            state.muted = False
        elif name == "sv":
            self._shape_value()
        else:
            return False
        return True

    def _mute(self, name: str) -> None:
        state = self._state
        state.muted = state.muted or name not in ("shppict", "field")
        if name == "object":
            self.losses.add(Loss.OBJECT)
        elif name == "sp":
            state.shape_name = []
        elif name == "formfield":
            state.in_form = True
        elif name == "field":
            self._fields.append(Field())
            state.ended = self._field_ended

    def _apart(self, taken: Callable[[list[str]], None]) -> None:
        """What follows in this group are words of their own."""
        state = self._state
        flow = Flow()
        state.flow, state.muted, state.table, state.listed = flow, False, 0, False
        state.capture, state.script = None, Script.NONE
        state.ended = lambda: taken([line for line in flow.taken() if line.strip()])

    def _margin(self, name: str, lines: list[str]) -> None:
        if lines:
            self._margins[name][tuple(lines)] = None

    def _note(self, kind: str) -> None:
        if self._state.hidden or self._state.deleted:
            self._skip_group()
            self._lose()
            return
        note: list[str] = []
        self._notes.append(note)
        mark = f"[{kind}\u00a0{len(self._notes)}]"
        before = self._state.script
        self._state.script = Script.NONE
        self._text(mark if self._ends_in_blank() else f" {mark}")
        self._state.script = before

        def taken(lines: list[str]) -> None:
            note.extend([f"{mark} {lines[0] if lines else ''}".rstrip(), *lines[1:]])

        self._apart(taken)

    def _ends_in_blank(self) -> bool:
        pieces = self._state.flow.pieces
        return not pieces or pieces[-1][0][-1:].isspace()

    def _shape_value(self) -> None:
        """The words of an ornate title are a property of its shape."""
        state = self._state
        if "".join(state.shape_name).strip() != "gtextUNICODE":
            return
        words: list[str] = []
        state.capture, state.muted, flow = words, False, state.flow
        state.ended = lambda: flow.box("".join(words).splitlines())

    # --- fields ---------------------------------------------------------------------------------

    def _instructed(self) -> None:
        """The instruction is over: what it shows itself is shown here."""
        found = self._fields[-1]
        shown = found.shown()
        if shown and not found.is_said:
            found.is_said = True
            self._text(shown)
            self.losses |= {Loss.SIGN} if symbols.UNKNOWN in shown else set()

    def _field_ended(self) -> None:
        found = self._fields.pop()
        if not found.is_said and found.name() not in SILENT:
            self.losses.add(Loss.FIELD)

    # --- words ----------------------------------------------------------------------------------

    def _bytes(self, data: bytes) -> None:
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        self._pending += data

    def _unicode(self, number: int) -> None:
        self._skip = self._state.uc
        code = number + 0x10000 if number < 0 else number
        signs = self._signs()
        if 0xF000 <= code <= 0xF0FF:
            self._signed(bytes((code - 0xF000,)), signs or symbols.NOTHING)
        elif signs is not None and code < 0x100:
            self._signed(bytes((code,)), signs)
        elif 0 <= code <= 0x10FFFF:
            self._text(chr(code))
        else:
            self._text(symbols.UNKNOWN)
            self.losses.add(Loss.SIGN)

    def _signs(self) -> Mapping[int, str] | None:
        font = self._fonts.get(-1 if self._state.font is None else self._state.font)
        return font.signs() if font is not None else None

    def _signed(self, data: bytes, table: Mapping[int, str]) -> None:
        said = "".join(symbols.sign(table, code) for code in data)
        if symbols.UNKNOWN in said:
            self.losses.add(Loss.FONT if table is symbols.NOTHING else Loss.SIGN)
        self._text(said)

    def _flush(self) -> None:
        """The bytes read so far as letters of the font at hand."""
        if not self._pending:
            return
        data = bytes(self._pending)
        self._pending.clear()
        state = self._state
        if state.capture is not None:
            self._text(charsets.decoded(data, self._head))
            return
        if state.muted:
            return
        data = data.translate(None, _CONTROLS)
        signs = self._signs()
        if signs is not None:
            self._signed(data, signs)
            return
        known = self._fonts.get(-1 if state.font is None else state.font)
        if known is None and state.font not in (None, self._default, 0):
            self.losses.add(Loss.FONT)
        said = charsets.decoded(data, known.codec(self._head) if known else self._head)
        if any("\x80" <= letter <= "\x9f" for letter in said):
            self.losses.add(Loss.SIGN)
        self._text(said)

    def _text(self, text: str) -> None:
        state = self._state
        if state.capture is not None:
            state.capture.append(text)
        elif state.muted:
            return
        elif state.hidden or state.deleted:
            if text.strip():
                self._lose()
        else:
            self._written += len(text)
            for open_ in self._fields:
                open_.is_said = True
            state.flow.add(text, state.script, state.struck)

    def _lose(self) -> None:
        self.losses.add(Loss.DELETED if self._state.deleted else Loss.HIDDEN)


def _script(name: str, before: Script, *, on: bool) -> Script:
    """``\\up0`` ends what ``\\up`` began, never what ``\\super`` did."""
    asked = SCRIPTS[name]
    if on:
        return asked
    return before if name in ("up", "dn") and before in (Script.SUPER, Script.SUB) else Script.NONE
