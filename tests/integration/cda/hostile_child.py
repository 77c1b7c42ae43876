"""Run by test_hostile_limits in a process of its own: little memory, little time.

Prints one JSON object: case → [what came of it, seconds of processor, megabytes at most so far].
"""

import base64
import io
import json
import resource
import sys
import time
import zipfile
import zlib
from functools import cache
from pathlib import Path

MEGA = 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (1600 * MEGA, 1600 * MEGA))
resource.setrlimit(resource.RLIMIT_CPU, (90, 90))

from lgc.cda import check, parse, pdf  # noqa: E402
from lgc.commands import understanding  # noqa: E402
from lgc.errors import UnreadableInput  # noqa: E402

HL7 = 'xmlns="urn:hl7-org:v3"'


def document(text, rest=""):
    section = f"<component><section><title>T</title><text>{text}</text>{rest}</section></component>"
    body = f"<component><structuredBody>{section}</structuredBody></component>"
    return f"<ClinicalDocument {HL7}>{body}</ClinicalDocument>".encode()


def alone(inside, attributes="", media="application/pdf"):
    text = f'<text mediaType="{media}" representation="B64"{attributes}>{inside}</text>'
    body = f"<component><nonXMLBody>{text}</nonXMLBody></component>"
    return f"<ClinicalDocument {HL7}>{body}</ClinicalDocument>".encode()


def entities():
    lines = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9)]
    return f'<!DOCTYPE d [<!ENTITY e0 "x">{"".join(lines)}]><d>&e8;</d>'.encode()


@cache
def bomb():
    return base64.b64encode(zlib.compress(bytes(60 * MEGA), 1)).decode()


def zipped():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"IHE_XDM/SUBSET01/D{number}.XML", bytes(20 * MEGA))
    return made.getvalue()


TABLE = "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
MEDIA = '<entry><observationMedia ID="m{}"><value mediaType="image/png" representation="B64" '
MEDIA += 'compression="ZL">{}</value></observationMedia></entry>'
CASES = {
    "entities": entities,
    "a million levels": lambda: b"<a>" * 1_000_000,
    "tables in tables": lambda: document("<table><tr><td>" * 60 + "x" + "</td></tr></table>" * 60),
    "ten thousand tables": lambda: document(TABLE * 10_000),
    "ten million elements": lambda: document("<br/>" * 9_000_000),
    "a million attributes": lambda: document(
        "<content " + " ".join(f'a{n}=""' for n in range(3_000_000)) + "/>"
    ),
    "a heavy piece": lambda: alone("QUJD" * (6 * MEGA)),
    "a piece beyond measure": lambda: alone("QUJD" * (15 * MEGA)),
    "a compressed bomb": lambda: alone(bomb(), ' compression="ZL"'),
    "many compressed bombs": lambda: document(
        "x", "".join(MEDIA.format(n, bomb()) for n in range(40))
    ),
    "a long word": lambda: document("x" * (4 * MEGA)),
    "a wide cell": lambda: document(
        "<table><tr>" + '<td colspan="100000" rowspan="100000">x</td>' * 2_000 + "</tr></table>"
    ),
    "a picture of the world": lambda: alone(
        base64.b64encode(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00"
            + b"\x00" * 40
        ).decode(),
        media="image/png",
    ),
    "a zip bomb": zipped,
    "styles of styles": lambda: document(
        '<content styleCode="Bold Italics Underline Emphasis">' * 180 + "x" + "</content>" * 180
    ),
    "repeated marks": lambda: document('<content ID="a"/>' * 200_000),
}


def outcome(data):
    if data[:2] == b"PK":
        return understanding.of_bytes("x", data).kind
    findings = check.check(data)
    assert findings and all(one.sentence.endswith(".") for one in findings)
    try:
        read = parse.parse(data)
    except UnreadableInput as refusal:
        return refusal.sentence
    parse.plain_text(read)
    pdf.render(read)
    return "shown"


def peak():
    """The most memory this process ever held, in megabytes.

    Linux counts the process that started us in ru_maxrss, however large it was: VmHWM is ours.
    """
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(names):
    said = {}
    for name in names or CASES:
        data = CASES[name]()
        started = time.process_time()
        came = outcome(data)
        spent = round(time.process_time() - started, 2)
        said[name] = [came, spent, peak()]
    print(json.dumps(said, ensure_ascii=False))


main(sys.argv[1:])
