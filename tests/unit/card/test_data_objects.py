"""Reading a card's data objects: only those we need, whatever the others answer."""

import pytest
from pkcs11 import Attribute
from pkcs11.exceptions import AttributeSensitive, GeneralError

from lgc.card.session import data_objects


class CardObject:
    """An object as OpenSC lists it: some of its attributes are refused."""

    def __init__(self, label, value):
        self._attributes = {Attribute.LABEL: label, Attribute.VALUE: value}
        self.asked = []

    def __getitem__(self, attribute):
        self.asked.append(attribute)
        answer = self._attributes[attribute]
        if isinstance(answer, Exception):
            raise answer
        return answer


class CardObjects:
    def __init__(self, *found):
        self._found = found

    def get_objects(self, template):
        return iter(self._found)


@pytest.mark.parametrize(
    "refused",
    [
        CardObject(GeneralError(), b""),
        CardObject("CPS_INFO_PS", AttributeSensitive()),
        CardObject(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "label"), b""),
    ],
)
def test_an_object_that_the_card_does_not_give_hides_no_other(refused):
    session = CardObjects(refused, CardObject("CPS_ACTIVITY_01_PS", b"one"))

    found = data_objects(session, ["CPS_INFO_PS", "CPS_ACTIVITY_01_PS"])

    assert found == {"CPS_ACTIVITY_01_PS": b"one"}


def test_the_value_of_an_object_we_do_not_need_is_not_asked():
    other = CardObject("CPS_SIT_FACT", b"of no use here")

    assert data_objects(CardObjects(other), ["CPS_INFO_PS"]) == {}
    assert other.asked == [Attribute.LABEL]
