"""Units: said in French, converted only where the factor is exact."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.terminology import ucum

GRAMS = st.sampled_from(["g/L", "g/dL", "mg/L", "mg/dL", "ug/L", "ng/mL", "pg/mL"])
MOLES = st.sampled_from(["mol/L", "mmol/L", "umol/L", "nmol/L", "pmol/L"])
COUNTS = st.sampled_from(["10*9/L", "10*3/uL", "10*6/L", "/uL", "/mm3"])


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("umol/L", "µmol/L"),
        ("mL/min/{1.73_m2}", "mL/min/1,73 m²"),
        ("10*9/L", "G/L"),
        ("m[IU]/L", "mUI/L"),
        ("u[IU]/mL", "µUI/mL"),
        ("mm[Hg]", "mmHg"),
        ("kg/m2", "kg/m²"),
        ("{INR}", ""),
        ("mmol/L", "mmol/L"),
    ],
)
def test_a_unit_reads_as_people_write_it(unit, shown):
    assert ucum.french(unit) == shown


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        (104.0, "umol/L", "mmol/L", 0.104),
        (14.1, "g/dL", "g/L", 141.0),
        (4500.0, "/mm3", "10*9/L", 4.5),
        (2.17, "m[IU]/L", "u[IU]/mL", 2.17),
        (3.0, "ng/mL", "ug/L", 3.0),
        # One measurement, another quantity or another scale: never guessed.
        (0.95, "g/L", "mmol/L", None),
        (41.0, "mmol/mol", "%", None),
        (37.0, "Cel", "K", None),
        (120.0, "mm[Hg]", "kPa", None),
        (1.0, "[IU]/L", "U/L", None),
        (1.0, "m[IU]/L", "/L", None),
        (60.0, "mL/min/{1.73_m2}", "mL/min", None),
        # A divalent ion: 5 meq/L of calcium are 2.5 mmol/L; of sodium, 5. Nobody knows which here.
        (5.0, "meq/L", "mmol/L", None),
        (5.0, "mmol/L", "meq/L", None),
        (5.0, "eq/L", "mol/L", None),
        (5.0, "meq/24.h", "mmol/24.h", None),
        (290.0, "mosm/L", "mmol/L", None),
        (290.0, "mosm/kg", "mmol/kg", None),
        (1.0, "kat/L", "mol/(s.L)", None),
        (1.0, "Gy", "Sv", None),
        (1.0, "Bq", "Hz", None),
        (140.0, "meq/L", "eq/L", 0.14),
        (290.0, "mosm/kg", "osm/kg", 0.29),
        (1.0, "kat/L", "nkat/L", 1e9),
        (1.0, "g999999999", "kg999999999", None),
        (1.0, "n’importe quoi", "g/L", None),
        (1.0, "g/L" * 40, "mg/L" * 40, None),
    ],
)
def test_only_an_exact_factor_converts(value, unit, target, expected):
    assert ucum.convert(value, unit, target) == expected


@settings(deadline=None)
@given(st.floats(0.001, 9999).map(lambda x: float(f"{x:.5g}")), st.data())
def test_there_and_back_is_the_same_value(value, data):
    units = data.draw(st.sampled_from([GRAMS, MOLES, COUNTS]))
    unit, target = data.draw(units), data.draw(units)

    there = ucum.convert(value, unit, target)

    assert there is not None
    assert ucum.convert(there, target, unit) == pytest.approx(value, rel=1e-12)


@settings(deadline=None)
@given(GRAMS, MOLES)
def test_mass_and_moles_are_two_scales_of_one_measurement(mass, moles):
    assert ucum.convert(1.0, mass, moles) is None
    assert ucum.two_scales_of_one(mass, moles) is True
    assert ucum.two_scales_of_one(mass, mass) is False


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_a_laboratory_writes_never_raises(unit, target):
    ucum.french(unit)
    ucum.convert(1.0, unit, target)


COUNTED = ("mol", "eq", "osm", "kat", "U", "Bq", "Hz", "Gy", "Sv")


@settings(deadline=None)
@given(
    st.permutations(COUNTED),
    st.sampled_from(("", "m", "u", "n", "k")),
    st.sampled_from(("", "m", "u", "n", "k")),
    st.sampled_from(("", "/L", "/kg", "/d")),
)
def test_no_count_becomes_another_without_the_analyte(two, first, second, after):
    assert ucum.convert(1.0, f"{first}{two[0]}{after}", f"{second}{two[1]}{after}") is None


@pytest.fixture
def forgetful():
    """Nothing remembered of a reader of units that is broken for the time of a test."""
    caches = (ucum._registry, ucum._factor, ucum._unreadable)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("missing", ["ucumvert", "pint", "lark"])
def test_a_missing_part_is_an_error_never_no_conversion(monkeypatch, missing):
    for name in [name for name in sys.modules if name.partition(".")[0] in ("ucumvert", missing)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ImportError):
        ucum.convert(1.0, "g/L", "mg/L")


@pytest.mark.usefixtures("forgetful")
def test_a_missing_grammar_is_an_error(monkeypatch, tmp_path):
    import ucumvert.parser

    monkeypatch.setattr(ucumvert.parser, "__file__", str(tmp_path / "parser.py"))

    with pytest.raises(OSError, match="ucum_grammar"):
        ucum.convert(1.0, "g/L", "mg/L")


@pytest.mark.usefixtures("forgetful")
def test_a_reader_that_misreads_is_an_error(monkeypatch):
    import ucumvert

    class Misread(ucumvert.PintUcumRegistry):
        def from_ucum(self, ucum_code):
            return super().from_ucum("g/L")

    monkeypatch.setattr(ucumvert, "PintUcumRegistry", Misread)

    with pytest.raises(RuntimeError, match="misread"):
        ucum.convert(1.0, "g/L", "mg/L")
