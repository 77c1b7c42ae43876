"""The archive: written the same each time, read leniently, hostile ones refused in a sentence."""

import hashlib
import io
import re
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.errors import UnreadableInput
from lgc.xds import xdm, xdm_reading
from lgc.xds.xdm_reading import parse_cx

SOURCE, SOFTWARE = "2.25.42", "lgc 0.1"


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def sheet(uri="DOC.XML", patient="", extra=""):
    return f"""<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
      xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><RegistryObjectList>
      <ExtrinsicObject id="d" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">
      <Slot name="URI"><ValueList><Value>{uri}</Value></ValueList></Slot>{extra}
      <Name><LocalizedString value="Document"/></Name>{patient}
      </ExtrinsicObject></RegistryObjectList></lcm:SubmitObjectsRequest>"""


def test_an_archive_is_the_same_bytes_each_time(submission_request):
    first = xdm.write(submission_request, SOURCE, SOFTWARE)

    assert first == xdm.write(submission_request, SOURCE, SOFTWARE)


def test_names_are_those_of_iso_9660(submission_request):
    archive = zipfile.ZipFile(io.BytesIO(xdm.write(submission_request, SOURCE, SOFTWARE)))

    assert {"INDEX.HTM", "README.TXT", "IHE_XDM/SUBSET01/METADATA.XML"} <= set(archive.namelist())
    for part in "/".join(archive.namelist()).split("/"):
        assert re.fullmatch(r"[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?", part), part


def test_what_is_written_is_read_back_with_its_hash_and_its_patient(submission_request):
    (entry,) = xdm.read(xdm.write(submission_request, SOURCE, SOFTWARE)).entries

    assert entry.content == submission_request.content
    assert (entry.hash_verdict, entry.size_verdict) == ("ok", "ok")
    assert entry.unique_id == submission_request.document.unique_id
    assert entry.patient.ins == (submission_request.ins.ins,)
    assert entry.patient.birth_name == submission_request.ins.traits.birth_name
    assert entry.patient.birth_date == submission_request.ins.traits.birth_date


def test_the_promised_hash_is_the_one_of_the_file(submission_request):
    archive = zipfile.ZipFile(io.BytesIO(xdm.write(submission_request, SOURCE, SOFTWARE)))
    metadata = etree.fromstring(archive.read("IHE_XDM/SUBSET01/METADATA.XML"))
    content = archive.read("IHE_XDM/SUBSET01/DOC00001.XML")

    slots = {slot.get("name"): slot.findtext(".//{*}Value") for slot in metadata.iter("{*}Slot")}

    assert slots["hash"] == hashlib.sha1(content, usedforsecurity=False).hexdigest()
    assert slots["size"] == str(len(content))
    assert slots["URI"] == "DOC00001.XML"


def test_a_changed_document_is_told(submission_request):
    archive = zipfile.ZipFile(io.BytesIO(xdm.write(submission_request, SOURCE, SOFTWARE)))
    files = {name: archive.read(name) for name in archive.namelist()}
    files["IHE_XDM/SUBSET01/DOC00001.XML"] += b" "

    read = xdm.read(zipped(**files))

    assert read.entries[0].hash_verdict == "mismatch"
    assert any("empreinte" in fault for fault in read.faults)


@pytest.mark.parametrize(
    "uri", ["../../../etc/passwd", "/etc/passwd", "C:/x.xml", "..\\..\\..\\x.xml", "file:///x"]
)
def test_a_uri_that_leaves_the_archive_is_refused(uri):
    read = xdm.read(zipped(**{"IHE_XDM/S/METADATA.XML": sheet(uri), "x.xml": "<a/>"}))

    assert read.entries[0].content is None
    assert read.faults


@pytest.mark.parametrize("name", ["../evil.xml", "/evil.xml", "C:/evil.xml", "a/../../evil.xml"])
def test_a_member_whose_name_escapes_is_left_out_and_told(name):
    read = xdm.read(zipped(**{name: "<ClinicalDocument/>"}))

    assert read.entries == ()
    assert any("sort de l’archive" in fault for fault in read.faults)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip", b"PK\x03\x04" + bytes(400)])
def test_what_is_no_zip_ends_in_a_sentence(data):
    with pytest.raises(UnreadableInput, match="illisible"):
        xdm.read(data)


def test_a_bomb_is_refused_before_it_fills_the_memory():
    bomb = zipped(**{"IHE_XDM/S/METADATA.XML": b"0" * (60 * 1024 * 1024)})
    started = time.monotonic()

    with pytest.raises(UnreadableInput):
        xdm.read(bomb)

    assert time.monotonic() - started < 30


def test_thousands_of_members_are_too_many():
    with pytest.raises(UnreadableInput, match="trop de fichiers"):
        xdm.read(zipped(**{f"f{number}": "" for number in range(2500)}))


def test_entities_in_the_metadata_are_refused_and_told():
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaa">]><a>&a;</a>'

    read = xdm.read(zipped(**{"IHE_XDM/S/METADATA.XML": bomb}))

    assert read.entries == ()
    assert any("interdite" in fault for fault in read.faults)


def test_an_encrypted_member_is_told(submission_request):
    data = bytearray(xdm.write(submission_request, SOURCE, SOFTWARE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)

    with pytest.raises(UnreadableInput, match="chiffré"):
        xdm.read(bytes(data))


def test_a_document_without_uri_is_reported_not_ignored():
    without = sheet().replace(
        '<Slot name="URI"><ValueList><Value>DOC.XML</Value></ValueList></Slot>', ""
    )

    read = xdm.read(zipped(**{"IHE_XDM/S/METADATA.XML": without}))

    assert read.entries[0].content is None
    assert any("quel fichier" in fault for fault in read.faults)


def test_the_same_package_twice_is_read_once(submission_request):
    archive = zipfile.ZipFile(io.BytesIO(xdm.write(submission_request, SOURCE, SOFTWARE)))
    files = {name: archive.read(name) for name in archive.namelist()}
    files |= {f"again/{name}": content for name, content in files.items()}

    assert len(xdm.read(zipped(**files)).entries) == 1


@pytest.mark.parametrize(
    ("cx", "expected"),
    [
        ("279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH", "279035121518989"),
        ("279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", "279035121518989"),
        ("279035121518989^^^&amp;amp;1.2.250.1.213.1.4.10&amp;amp;ISO^NH", "279035121518989"),
        ("1800A1234^^^&1.2.3&ISO^PI", None),
        ("279035121518989", None),
        ("", None),
    ],
)
def test_an_identifier_is_an_ins_only_with_its_authority(cx, expected):
    ins = parse_cx(cx)

    assert (ins.matricule if ins else None) == expected


@settings(max_examples=150)
@given(st.binary(max_size=3000))
def test_any_bytes_end_in_a_sentence_or_in_entries(data):
    for content in (data, zipped(**{"IHE_XDM/S/METADATA.XML": data})):
        try:
            xdm.read(content)
        except UnreadableInput as error:
            assert error.sentence


# --- damaged archives -------------------------------------------------------------------------


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: one for one in archive.infolist()}


def spoilt(data, name, at=0):
    """The same archive, four bytes of one file changed on the way."""
    start = members(data)[name].header_offset + 30 + len(name) + at
    changed = bytes(byte ^ 0x55 for byte in data[start : start + 4])
    return data[:start] + changed + data[start + 4 :]


def test_one_damaged_file_is_told_and_the_others_are_read():
    whole = zipped(
        **{
            "IHE_XDM/S1/METADATA.XML": sheet(),
            "IHE_XDM/S1/DOC.XML": "<ClinicalDocument>" + "a1b2" * 60,
            "IHE_XDM/S2/METADATA.XML": sheet("OTHER.XML"),
            "IHE_XDM/S2/OTHER.XML": "<ClinicalDocument/>",
        }
    )

    read = xdm.read(spoilt(whole, "IHE_XDM/S1/DOC.XML"))

    assert [one.content for one in read.entries] == [None, b"<ClinicalDocument/>"]
    assert list(read.damaged) == ["IHE_XDM/S1/DOC.XML"]
    assert read.members == 4
    assert any("endommagé" in fault for fault in read.faults)


def test_a_damaged_sheet_leaves_the_documents_to_be_read():
    whole = zipped(**{"M/METADATA.XML": sheet() * 3, "M/DOC.XML": "<ClinicalDocument/>"})

    read = xdm.read(spoilt(whole, "M/METADATA.XML"))

    assert [one.content for one in read.entries] == [b"<ClinicalDocument/>"]
    assert list(read.damaged) == ["M/METADATA.XML"]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("at", range(0, 30, 3))
def test_any_compression_may_be_damaged_anywhere(method, at):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("DOC.XML", b"<ClinicalDocument/>" + bytes(range(256)))

    read = xdm.read(spoilt(made.getvalue(), "DOC.XML", at))

    assert read.entries == ()
    assert list(read.damaged) == ["DOC.XML"]
    assert read.damaged["DOC.XML"].startswith("zip, member 1, ")


def test_a_file_without_a_name_is_told():
    whole = zipped(x="<ClinicalDocument/>")
    central = whole.find(b"PK\x01\x02")
    local = whole[:26] + b"\x00\x00" + whole[28:30] + whole[31:central]
    entry = whole[central : central + 28] + b"\x00\x00" + whole[central + 30 : central + 46]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local), 0)

    read = xdm.read(local + entry + end)

    assert list(read.damaged.values()) == ["a member without a name"]


def test_a_name_that_says_it_is_utf_8_and_is_not_is_told():
    named = zipped(**{"A.XML": "<ClinicalDocument/>", "B.XML": "<ClinicalDocument/>"})
    named = named[:6] + b"\x00\x08" + named[8:30] + b"\xff" + named[31:]

    read = xdm.read(named)

    assert list(read.damaged) == ["A.XML"]
    assert [one.file_name for one in read.entries] == ["B.XML"]


def test_an_entry_that_raises_is_told_and_the_others_are_read(monkeypatch):
    real = xdm_reading._entry
    seen = []

    def entry(archive, base, node, faults):
        seen.append(node)
        if len(seen) == 1:
            raise RecursionError
        return real(archive, base, node, faults)

    monkeypatch.setattr(xdm_reading, "_entry", entry)
    whole = {"S1/METADATA.XML": sheet(), "S1/DOC.XML": "a"}
    whole |= {"S2/METADATA.XML": sheet(extra=" "), "S2/DOC.XML": "b"}

    read = xdm.read(zipped(**whole))

    assert [one.content for one in read.entries] == [b"b"]
    assert len(read.damaged) == 1


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_archive_spoilt_anywhere_is_an_archive_or_a_sentence(data):
    method = data.draw(st.sampled_from([zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name in ("S/METADATA.XML", "S/DOC.XML"):
            archive.writestr(name, sheet())
    content = bytearray(made.getvalue())
    places = st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        xdm.read(bytes(content))
    except UnreadableInput as error:
        assert error.sentence


PEOPLE = {
    "xdm-pid5-repeat": ("DUPONT", "DURAND", ("MARIE",), "14/08/1948"),
    "xdm-pid5-repeat-d-first": ("DUPONT", "DURAND", ("MARIE",), "14/08/1948"),
    "xdm-pid5-escape": ("D&ARTAGNAN", "", ("JEAN",), ""),
    "xdm-pid5-subcomp": ("DUPONT", "", ("MARIE", "ANNE", "CLAUDE"), "14/08/1948"),
    "xdm-pid-oneline": ("DUPONT", "", ("MARIE",), "1948"),
}


@pytest.mark.parametrize(("name", "told"), PEOPLE.items())
def test_the_names_of_each_case_are_those_of_birth_and_of_use(name, told):
    (entry,) = xdm.read(_case(name)).entries

    who = entry.patient
    assert (who.birth_name, who.used_name, who.given_names, who.born) == told


def test_corsica_written_small_in_the_metadata_is_the_same_person():
    (entry,) = xdm.read(_case("xdm-lower2a")).entries

    assert [ins.matricule for ins in entry.patient.ins] == ["180012A00100157"]


def _case(name):
    path = Path(__file__).resolve().parents[4] / "shared" / "cases" / "xdm" / f"{name}.zip"
    if not path.is_file():
        pytest.skip("../shared/cases is not there")
    return path.read_bytes()


@pytest.mark.parametrize("case", ["xdm-file-uri", "xdm-root-uri", "xdm-slash"])
def test_a_whole_path_in_a_sheet_finds_its_file_in_the_archive(case):
    (entry,) = xdm.read(_case(case)).entries

    assert b"bonjour" in entry.content.lower()
    assert entry.hash_verdict == "ok"


@pytest.mark.parametrize(
    "uri", ["/x.xml", "file:///x.xml", "file://localhost/x.xml", "/S/../x.xml"]
)
def test_a_whole_path_starts_at_the_root_of_the_archive(uri):
    read = xdm.read(zipped(**{"IHE_XDM/S/METADATA.XML": sheet(uri), "x.xml": "<a/>"}))

    assert read.entries[0].content == b"<a/>"


@pytest.mark.parametrize("uri", ["x.xml", "file://ailleurs/x.xml", "http://ailleurs/x.xml"])
def test_a_relative_path_and_another_machine_are_not_the_root(uri):
    read = xdm.read(zipped(**{"IHE_XDM/S/METADATA.XML": sheet(uri), "x.xml": "<a/>"}))

    assert read.entries[0].content is None and read.faults
