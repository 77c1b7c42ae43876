"""What a proposed entry says of its dates and of its state, in French for every precision."""

import pytest

from lgc.desktop.reusing.words import detail
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate


def day(text):
    return PartialDate.parse(text) if text else None


@pytest.mark.parametrize(
    ("family", "start", "end", "active", "said"),
    [
        (Family.VIGILANCE, "2009", "2012", False, "de 2009 à 2012 · terminé"),
        (Family.VIGILANCE, "2011-03-12", "2011-04-05", True, "du 12/03/2011 au 05/04/2011"),
        (Family.TOXIC, "2011-03", "2012-01-02", False, "de 03/2011 au 02/01/2012 · terminé"),
        (Family.VIGILANCE, "", "2012", False, "jusqu’en 2012 · terminé"),
        (Family.VIGILANCE, "", "2031-01-02", True, "jusqu’au 02/01/2031"),
        (Family.CHRONIC, "2011-03-12", "", True, "depuis le 12/03/2011"),
        (Family.CHRONIC, "2011", "", True, "depuis 2011"),
        (Family.CHRONIC, "2011", "", False, "2011 · terminé"),
        (Family.MEDICAL_HISTORY, "2011", "", True, "2011"),
        (Family.SURGICAL_HISTORY, "2011-03-12", "", True, "12/03/2011"),
        (Family.VIGILANCE, "", "", False, "terminé"),
    ],
)  # fmt: skip
def test_dates_and_state_are_said_as_far_as_they_are_known(family, start, end, active, said):
    entry = MedicalEntry("e", family, "x", start=day(start), end=day(end), active=active)

    assert detail(entry).replace("\u00a0", " ") == said
