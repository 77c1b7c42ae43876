"""Messages wrongly encoded, cut or bounded: decoded whole, or said."""

import inspect
from email import errors
from pathlib import Path

import pytest

from lgc.mssante import message, mime
from lgc.mssante.defects import DEFECTS, OTHER, reading

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "mail"
PDF = ("application/pdf", 69)
UNBOUND = "Ses parties ne sont pas délimitées : elles sont montrées ensemble"
RIGHT = {
    "07-empty-pdf": ("Ci-joint.", [], ("cr.pdf : pièce jointe vide",)),
    "08-cut": (
        "Ci-joint deux fichiers.", [("application/pdf", 45)],
        ("La fin du message manque peut-être",),
    ),
    "12b-x-uuencode": ("", [PDF], ()),
    "15g-cte-wrong": ("été", [], ()),
    "15h-cte-utf8": ("été", [], ()),
    "15i-b64-comment": ("", [PDF], ()),
    "15j-b64-semicolon": ("", [PDF], ()),
    "15k-b64-footer": ("", [PDF], ("cr.pdf : suivie de « -- Message controle par antivirus »",)),
    "15l-b64-concat": ("INR a 7, rappelez-moi", [], ()),
    "15m-b64-trailing-spaces": ("", [PDF], ()),
    "15n-qp-upper-comment": ("INR à 7", [], ()),
    "16-boundary-prefix": ("Bonjour", [PDF], ()),
    "16b-same-boundary": ("Bonjour", [], (UNBOUND, "Pièce jointe 1 : pièce jointe vide")),
    "16c-no-boundary-param": ("Bonjour", [PDF], ()),
    "16d-multipart-b64": ("Bonjour", [PDF], ()),
    "16e-epilogue": ("Bonjour", [], ()),
    "16g-whole-multipart-b64": ("Bonjour", [PDF], ()),
    "05b-rfc822-base64": ("Je fais suivre.", [("text/plain", 405)], ()),
    "05g-rfc822-quoted": ("Je fais suivre.", [("text/plain", 417)], ()),
}  # fmt: skip
CLASSES = [
    one
    for _, one in inspect.getmembers(errors, inspect.isclass)
    if issubclass(one, errors.MessageDefect)
]


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize("name", RIGHT)
def test_a_case_is_decoded_whole_or_says_why_not(name):
    read = message.parse((CASES / f"{name}.eml").read_bytes())
    files = [(one.media_type, len(one.content)) for one in read.attachments]

    assert (read.text, files, read.faults) == RIGHT[name]


@pytest.mark.parametrize("defect", CLASSES, ids=lambda one: one.__name__)
def test_every_defect_of_the_package_is_told_or_harmless_for_a_reason(defect):
    assert defect in DEFECTS
    assert bool(reading(defect).told) is not bool(reading(defect).because)


def test_a_defect_of_a_later_python_is_told_as_its_nearest():
    class Newer(errors.MessageDefect):
        pass

    class Closer(errors.CloseBoundaryNotFoundDefect):
        pass

    assert reading(Newer).told == OTHER
    assert reading(Closer).told == "La fin du message manque peut-être"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b" x: y\nSubject: z\n\nmot", "Son premier en-tête est coupé"),
        (b"Subject: z\nmot sans deux-points\n\nmot", "Ses en-têtes sont interrompus"),
        (b"Content-Type: multipart/mixed\n\nmot", "Ses parties ne sont pas délimitées"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmot", "La fin du message manque"),
        (b"Content-Transfer-Encoding: base91\n\nmot", "Le texte est mal codé, son codage"),
        (b"Content-Transfer-Encoding: base64\n\nSU5SIGEgN", "Le texte est mal codé, la fin manque"),
    ],
)
def test_what_is_wrong_with_a_message_is_told(raw, told):
    (fault,) = message.parse(raw).faults

    assert fault.startswith(told)


def test_the_defects_of_a_message_inside_are_its_own():
    inside = b"Content-Type: multipart/mixed\n\nmot"
    raw = b"Content-Type: message/rfc822\n\n" + inside

    assert message.parse(raw).faults == ()


def test_a_whole_multipart_encoded_in_itself_ends():
    body = b"--b\nContent-Type: text/plain\n\nfin\n--b--\n"
    for _ in range(40):
        import base64

        body = (
            b"--b\nContent-Type: multipart/mixed; boundary=b\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(body) + b"\n--b--\n"
        )
        if len(body) > 500_000:
            break
    whole, _ = mime.read(b"Content-Type: multipart/mixed; boundary=b\n\n" + body)

    assert sum(1 for _ in mime.leaves(whole)) <= 1
