"""Bytes of strangers become text in ``domain.charsets`` alone; every other place says why it may.

A new ``decode(`` or ``open(…encoding=`` fails here until it reads through ``charsets`` or names its
reason in ``ALLOWED``. ``read_text("utf-8")`` alone stops at the first wrong byte: it loses nothing.
"""

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lgc"
OURS = "a file that we ship or wrote ourselves"
WIRE = "letters of a protocol, ASCII by its standard"
ALLOWED = {
    "domain/charsets.py": "the one reader",
    "domain/characters.py": "halves of characters, no bytes of a file",
    "domain/media_types.py": "asks whether bytes are UTF-8, keeps nothing",
    "reading/rtf/tokens.py": WIRE,
    "reading/rtf/fields.py": "one byte of a SYMBOL field, Windows-1252 by the standard",
    "reading/asking.py": "what our own process answers",
    "reading/isolated.py": "a file of the system",
    "reading/safe_html.py": "what we sent to our own process",
    "reading/pdf.py": "drops halves of characters of what PDFium gave",
    "reading/archives.py": "names of files tried in each set; only one that is asked for is taken",
    "cda/source.py": "an encoding is tried; the parser reads what it declares",
    "cda/showable.py": "what ``charsets`` made, in UTF-8",
    "cda/n1.py": WIRE,
    "cda/sections.py": WIRE,
    "cda/pdf.py": "what ``showable`` made, in UTF-8",
    "mssante/mime.py": "what the library escaped between encoded words",
    "mssante/submission.py": OURS,
    "mssante/receipts.py": OURS,
    "mssante/white_list.py": OURS,
    "mssante/written.py": WIRE,
    "reading/calendars.py": "what the library wrote of a rule",
    "services/certificates.py": WIRE,
    "store/signed_heads.py": OURS,
    "transport/mtom.py": WIRE,
    "transport/mail_smtp.py": "words of a server, shown as it said them",
    "transport/openid.py": WIRE,
    "xds/dsg.py": WIRE,
    "saml/distinguished_name.py": "the set that the certificate itself names (X.690)",
    "saml/vihf.py": WIRE,
    "dmp/wire.py": WIRE,
    "card/openssl.py": OURS,
    "card/objects.py": "fields of a card, whose set the card's standard names",
    "card/reader.py": "a serial number, ASCII by PKCS#11",
    "commands/answers.py": WIRE,
    "file_names.py": "asks whether bytes are UTF-8, keeps nothing",
    "jobs/owner.py": "a file of the system",
    "desktop/documents/body.py": "what ``showable`` made, in UTF-8",
}
STRICT = (["utf-8"], ["ascii"])
READS = frozenset(("decode", "read_text", "TextIOWrapper"))


def reads_text(tree):
    """The lines where bytes become text by something else than the one reader."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        strict = called == "read_text" and [getattr(a, "value", 0) for a in node.args] in STRICT
        if (called in READS and not strict) or (
            called == "open" and any(word.arg == "encoding" for word in node.keywords)
        ):
            yield node.lineno


def test_every_place_that_turns_bytes_into_text_says_why_it_may():
    found = {}
    for file in SOURCE.rglob("*.py"):
        name = str(file.relative_to(SOURCE))
        lines = list(reads_text(ast.parse(file.read_text("utf-8"))))
        if lines and not name.startswith(("tour/", "demo")):
            found[name] = lines

    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}


def test_no_place_drops_letters_in_silence():
    """``ignore`` takes letters away; ``latin-1`` gives them other ones."""
    allowed = {"file_names.py", "mssante/receipts.py", "mssante/mime.py"}
    dropping = [
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if '"ignore")' in (text := file.read_text("utf-8")) and ("decode(" in text)
    ]

    assert set(dropping) <= allowed
