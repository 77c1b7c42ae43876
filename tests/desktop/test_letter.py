"""A letter and a certificate under real hands: what leaves is ticked in sight."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from lgc.desktop.record.writing.join_list import NOTHING
from lgc.desktop.record.writing.text_parts import LetterPart
from lgc.domain.medical_data import Family
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.drafting import CERTIFICATE, LETTER, Draft
from lgc.services.joining import Joinable
from lgc.services.ready_words import LetterTemplate

WAIT = 10_000
OFFERED = (
    Joinable("vih", Family.CHRONIC, "Pathologies en cours", "VIH", "Pathologie : VIH"),
    Joinable(
        "asthme", Family.CHRONIC, "Pathologies en cours", "Asthme",
        "Début : 2014 · Pathologie : Asthme · Remarque : sévère",
    ),
    Joinable("arachide", Family.ALLERGY, "Allergies", "Arachide", "Agent responsable : Arachide"),
)  # fmt: skip
MODEL = LetterTemplate(
    "Adresser", "Avis", "Cher confrère, chère consœur,\n\nAntécédents :\n– VIH\n– Asthme\n\nMerci.",
    ("vih", "asthme", "arachide"), {"vih": "– VIH", "asthme": "– Asthme"},
)  # fmt: skip


class FakeDrafting:
    def __init__(self, clock):
        self.kept, self.finished, self._clock, self.offered = {}, [], clock, OFFERED
        self.otherwise = ()

    def to_be_seen(self, patient_id, kind, draft):
        return self.otherwise

    def draft(self, patient_id, kind):
        return self.kept.get(kind, Draft())

    def keep(self, patient_id, kind, draft):
        self.kept[kind] = draft
        return self._clock.now()

    def joinable(self, patient_id):
        return self.offered

    def finish(self, patient_id, kind, draft, *, hollow=False):
        if draft.of("body") == "refusé":
            self.offered = OFFERED[:1]
            raise UserFacingError("Ce qui est joint a changé.")
        self.finished.append((kind, draft))
        return "document-1"


@pytest.fixture
def drafting(clock):
    return FakeDrafting(clock)


@pytest.fixture
def part(qtbot, window, drafting, clock):
    sharing = SimpleNamespace(directory=lambda words: (), further=lambda words: ())
    circle = SimpleNamespace(correspondents=lambda patient_id: ())
    desk = SimpleNamespace(drafting=drafting, clock=clock, sharing=sharing, circle=circle)
    made = LetterPart("p", desk, window.tasks)
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("letter")
    qtbot.waitUntil(lambda: made.panel.loaded and bool(made.panel.joins.rows), timeout=WAIT)
    return made


def ticked(part):
    return {r.joinable.entry_id for r in part.panel.joins.rows if r.box.isChecked()}


def box(part, entry_id):
    return next(r.box for r in part.panel.joins.rows if r.joinable.entry_id == entry_id)


def test_a_letter_without_a_model_joins_nothing(part, drafting):
    assert ticked(part) == set()
    assert part.panel.joins.count.text() == NOTHING
    assert part.panel.typed().joined == {}


def test_a_model_ticks_what_it_joins_and_the_list_shows_all_of_it(part):
    part.panel.take(MODEL)

    assert ticked(part) == {"vih", "asthme", "arachide"}
    assert part.panel.typed().joined["asthme"] == OFFERED[1].words


def test_a_line_struck_out_of_the_text_unticks_and_comes_back_with_it(part):
    part.panel.take(MODEL)
    body = part.panel.fields["body"]
    whole = body.toPlainText()

    body.setPlainText(whole.replace("– VIH\n", ""))
    assert ticked(part) == {"asthme", "arachide"}

    body.setPlainText(whole)
    assert ticked(part) == {"vih", "asthme", "arachide"}


def test_a_box_unticked_takes_its_line_out_of_the_text(qtbot, part):
    part.panel.take(MODEL)

    qtbot.mouseClick(box(part, "vih"), Qt.MouseButton.LeftButton)

    assert "VIH" not in part.panel.fields["body"].toPlainText()
    assert "vih" not in part.panel.typed().joined
    part.panel.fields["body"].undo()
    assert "– VIH" in part.panel.fields["body"].toPlainText()
    assert "vih" not in part.panel.typed().joined


def test_a_box_ticked_by_hand_does_not_follow_the_text(qtbot, part):
    qtbot.mouseClick(box(part, "asthme"), Qt.MouseButton.LeftButton)

    part.panel.fields["body"].setPlainText("Bonjour")

    assert part.panel.typed().joined == {"asthme": OFFERED[1].words}


def test_what_is_ticked_is_kept_with_the_draft(qtbot, part, drafting):
    qtbot.mouseClick(box(part, "arachide"), Qt.MouseButton.LeftButton)
    part.panel.fields["body"].setPlainText("Bonjour")
    part.panel.flush()
    qtbot.waitUntil(lambda: bool(drafting.kept.get(LETTER, Draft()).joined), timeout=WAIT)

    part.panel.loaded = False
    part.panel.open()

    qtbot.waitUntil(lambda: part.panel.loaded, timeout=WAIT)
    qtbot.waitUntil(lambda: ticked(part) == {"arachide"}, timeout=WAIT)


def test_a_refusal_shows_the_record_as_it_is_now(qtbot, part):
    part.panel.fields["body"].setPlainText("refusé")

    qtbot.mouseClick(part.panel.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(part.panel.joins.rows) == 1, timeout=WAIT)


def test_the_greeting_follows_whom_the_letter_is_written_to(part):
    part.panel.take(MODEL)

    part.panel.recipients.add(Correspondent("a@x.example", "DURAND", "Anne", "Mme"))

    assert part.panel.fields["body"].toPlainText().startswith("Chère consœur,\n")


def test_a_certificate_has_no_list_and_a_draft_of_its_own(qtbot, part, drafting):
    part.turn_to(CERTIFICATE)
    qtbot.waitUntil(lambda: part.panel.loaded, timeout=WAIT)
    assert part.panel.joins is None and part.panel.recipients is None

    part.panel.take(LetterTemplate("Sport", "", "Apte à la course.", ("vih",), {"vih": "– VIH"}))
    qtbot.mouseClick(part.panel.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: drafting.finished != [], timeout=WAIT)
    [(kind, draft)] = drafting.finished
    assert (kind, draft.of("body"), draft.joined) == (CERTIFICATE, "Apte à la course.", {})


SECOND = Draft(
    {"body": "Bonjour"}, replaces="d1", begun_at="2026-11-23T09:00:00+01:00",
    acted_at="2026-11-20T10:15:00+01:00", joined={"asthme": "Pathologie : Asthme"},
)  # fmt: skip


@pytest.fixture
def version(qtbot, part, drafting):
    """The letter taken up again: asthma has another note since."""
    drafting.kept[LETTER] = SECOND
    drafting.otherwise = ("Pathologies en cours : ajouté, Asthme · sévère",)
    part.reopened(LETTER)
    qtbot.waitUntil(lambda: ticked(part) == {"asthme"}, timeout=WAIT)
    return part.panel


def test_a_first_letter_is_of_the_day_it_is_finished(part):
    assert not part.panel.act.day.isVisible()
    assert part.panel.typed().acted_at == ""


def test_the_day_of_the_act_of_a_version_is_in_sight_and_changes_by_hand_only(version):
    assert version.act.day.isVisible() and version.act.day.typed_words() == "20/11/2026"
    assert version.typed().acted_at == SECOND.acted_at

    version.act.day.line.setText("19/11/2026")

    assert version.typed().acted_at == "2026-11-19T10:15:00+01:00"


def test_what_a_version_says_otherwise_is_told(qtbot, version, drafting):
    qtbot.waitUntil(lambda: version.act.told == drafting.otherwise, timeout=WAIT)

    assert "Asthme · sévère" in version.act.notice.advice()
    assert version.act.notice.isVisible()


def test_what_was_not_told_yet_is_told_before_the_version_is_made(qtbot, version, drafting):
    qtbot.waitUntil(lambda: version.act.told == drafting.otherwise, timeout=WAIT)
    drafting.otherwise = (*drafting.otherwise, "INS : rien → 1")

    qtbot.mouseClick(version.finish_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: version.act.told == drafting.otherwise, timeout=WAIT)
    assert drafting.finished == []
    qtbot.mouseClick(version.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(drafting.finished) == 1, timeout=WAIT)


def test_a_day_that_is_none_or_to_come_finishes_nothing(qtbot, version, drafting):
    for typed in ("31/02/2026", "24/11/2026", ""):
        version.act.day.line.setText(typed)

        qtbot.mouseClick(version.finish_button, Qt.MouseButton.LeftButton)
        qtbot.wait(50)

        assert drafting.finished == []
        assert version.saved.text() == version.act.problem != ""


def test_a_draft_begun_before_today_shows_what_is_to_be_seen_first(qtbot, part, drafting):
    drafting.kept[CERTIFICATE] = Draft({"body": "Vu"}, begun_at="2026-09-24T09:00:00+02:00")
    drafting.otherwise = ("Le texte dit « 24 septembre 2026 »",)
    part.turn_to(CERTIFICATE)
    qtbot.waitUntil(lambda: part.panel.act.told == drafting.otherwise, timeout=WAIT)
    assert part.panel.act.notice.isVisible() and not part.panel.act.day.isVisible()

    qtbot.mouseClick(part.panel.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(drafting.finished) == 1, timeout=WAIT)
