"""« Réglages »: every setting once, found by its words, kept as it is changed."""

import datetime as dt
import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel

from lgc import settings as declared
from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.messages import Toast
from lgc.desktop.settings.cards import RenewDialog, WithdrawDialog
from lgc.desktop.settings.certificates import PasswordDialog
from lgc.desktop.settings.page import SettingsPage
from lgc.desktop.theme import current
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import WrongPin
from lgc.domain.copies import (
    AuditEnd,
    BaseLook,
    Contents,
    Copy,
    CopyState,
    SignedEnd,
    VerifiedJournal,
)
from lgc.domain.directory import HeldDirectory
from lgc.domain.keys import CertificateUse, HeldCertificate
from lgc.domain.professionals import Coded
from lgc.domain.terms import DeadLine, Nomenclature, Source
from lgc.errors import Cancelled, DamagedBase, UnreadableInput, UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.keeping_store import Held
from lgc.settings import ALL, SECTIONS, Settings, section_of
from lgc.terminology import code_systems

WAIT = 10_000
NOW = dt.datetime(2026, 11, 6, 9, 0, tzinfo=dt.UTC)


class FakeKeeping:
    """services.keeping_store.KeepingStore: whole until ``damaged``."""

    def __init__(self):
        self.folders, self.copies, self.looked, self.damaged = [], [], None, False

    def held(self, folder):
        return Held(self.looked, tuple(self.copies), bool(folder))

    def back_up(self, folder, check):
        if not folder:
            raise UserFacingError(
                "Le dossier des sauvegardes n’est pas choisi.", advice="Choisissez-le."
            )
        if self.damaged:
            self.copies.insert(0, Copy(Path("x"), NOW, CopyState.REFUSED, why="source abîmée"))
            raise DamagedBase("La base du cabinet est abîmée (2 pages), vu ce matin à 10:00.")
        self.folders.append(folder)
        self.copies.insert(0, copy(folder, CopyState.VERIFIED))
        return self.copies[0]

    def look(self, check):
        self.looked = BaseLook(NOW, 563_965, (40_122, 40_123) if self.damaged else ())
        return self.looked

    def verify_copy(self, place, check):
        self.copies = [copy(place, CopyState.VERIFIED)]
        return self.copies[0]

    def notice(self):
        return None

    def verify_journal(self):
        return VerifiedJournal(42, (SignedEnd(AuditEnd(40, ""), "Paul MEDECIN5729", "ab"),))


def copy(place, state):
    contents = Contents(1, (("patient", 6214), ("document", 41_402)), AuditEnd(48_213, "ab"))
    verified = NOW if state is CopyState.VERIFIED else None
    return Copy(Path(place), NOW, state, 2_310_000_000, verified, contents if verified else None)


class FakeCertificates:
    """services.certificates.Certificates: one file is good, one password opens it."""

    def __init__(self):
        self.known = {}

    def held(self):
        return dict(self.known)

    def bring(self, use, content, password):
        if (content, password) != (b"p12", "sésame"):
            raise UserFacingError("Le certificat ne s’ouvre pas.")
        end = NOW + dt.timedelta(days=400)
        self.known[use] = HeldCertificate(use, "CABINET DES LILAS", "IGC-Santé", NOW, end)
        return self.known[use]

    def forget(self, use, seen=None):
        assert seen == self.known[use], "the certificate in view"
        del self.known[use]


class FakeCards:
    """services.admitted_cards.AdmittedCards: the doctor's own and a colleague's."""

    def __init__(self):
        self.noted = 0
        self.known = [
            AdmittedCard("a" * 64, "Marie MOI", NOW, in_use=True),
            AdmittedCard("b" * 64, "Luc AUTRE", None, in_use=False),
        ]

    def all(self):
        return tuple(self.known)

    def renew(self, pin):
        if pin != "1234":
            raise WrongPin(2)
        return "ABCD-EFGH"

    def confirm(self):
        self.noted += 1

    def remove(self, fingerprint):
        self.known = [card for card in self.known if card.fingerprint != fingerprint]


class FakeDirectory:
    """services.keeping_directory.KeepingDirectory: one file is good."""

    def __init__(self):
        self.known, self.key = None, ""

    def held(self):
        return self.known

    def has_key(self):
        return bool(self.key)

    def give_key(self, key):
        self.key = key

    def bring(self, file, progress, check):
        if file.name != "extraction.zip":
            raise UserFacingError("Ce fichier n’est pas l’extraction de l’annuaire MSSanté.")
        progress(0.5)
        self.known = HeldDirectory(412_345, file.name, NOW)
        return self.known

    def forget(self, seen=None):
        assert seen == self.known, "the extraction in view"
        self.known = None


class FakeNomenclatures:
    """services.nomenclatures.Nomenclatures: a good file, a damaged one, one that lasts."""

    def __init__(self):
        self.known, self.go, self.stopped = {}, threading.Event(), False
        self.edition, self.dead = "2026", ()

    def held(self):
        return dict(self.known)

    def bring(self, kind, paths, progress, check):
        if paths[0].name == "damaged.csv":
            raise UnreadableInput("damaged.csv, ligne 12 : le code manque.", advice="Rien.")
        while paths[0].name == "long.csv" and not self.go.is_set():
            progress(0.5)
            try:
                check()
            except Cancelled:
                self.stopped = True
                raise
            self.go.wait(0.01)
        self.known[kind] = Source(kind, self.edition, NOW, 15_432)
        return self.known[kind]

    def say_edition(self, kind, words, seen=None):
        assert seen == self.known[kind], "the file in view"
        self.known[kind] = replace(self.known[kind], version=words)

    def dead_lines(self, kind):
        return self.dead

    def forget(self, kind, seen=None):
        assert seen == self.known[kind], "the file in view"
        del self.known[kind]


class FakeMedical:
    """services.medical.Medical: replaces a dead code, and takes it back."""

    def __init__(self, nomenclatures):
        self.nomenclatures, self.renewed = nomenclatures, []

    def renew(self, line):
        self.renewed.append(line)
        self.nomenclatures.dead = tuple(one for one in self.nomenclatures.dead if one != line)
        return line

    def undo(self, line):
        self.renewed.remove(line)
        self.nomenclatures.dead = (*self.nomenclatures.dead, line)


@pytest.fixture
def page(qtbot, window, tmp_path):
    nomenclatures = FakeNomenclatures()
    desk = SimpleNamespace(
        settings=Settings(tmp_path / "settings.json"),
        keeping=FakeKeeping(),
        certificates=FakeCertificates(),
        cards=FakeCards(),
        nomenclatures=nomenclatures,
        medical=FakeMedical(nomenclatures),
        directory=FakeDirectory(),
        clock=SimpleNamespace(now=lambda: NOW),
    )
    made = SettingsPage.join(window, desk)
    window.show_page("settings")
    qtbot.waitUntil(lambda: made.built, timeout=WAIT)
    made.desk = desk
    return made


def row(page, setting):
    return next(one for one in page.rows if one.setting is setting)


def write(qtbot, field, words):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_every_declared_setting_is_there_once_in_a_named_section(page):
    assert sorted(one.setting.key for one in page.rows) == sorted(one.key for one in ALL)
    titles = {title for title, _ in SECTIONS}
    assert {section_of(one) for one in ALL} <= titles


def test_words_without_accents_find_a_setting_and_hide_the_others(qtbot, page):
    page.show_item("telephone cabinet")

    assert row(page, declared.practice_telephone).isVisible()
    assert not row(page, declared.dmp_timeout).isVisible()
    assert page.empty.isHidden()
    page.show_item("introuvable")
    assert page.empty.isVisible()


def test_a_value_is_kept_in_the_file_as_soon_as_it_is_typed(qtbot, page, tmp_path):
    write(qtbot, row(page, declared.dmp_timeout).editor.widget, "45")

    file = tmp_path / "settings.json"
    qtbot.waitUntil(lambda: file.exists() and "45" in file.read_text("utf-8"), timeout=WAIT)
    assert page.desk.settings[declared.dmp_timeout] == 45


def test_a_save_that_the_disk_refuses_is_said_and_made_again_with_what_is_on_the_screen(
    qtbot, page, window, tmp_path
):
    (tmp_path / "away").write_text("no folder")
    page.desk.settings._file = tmp_path / "away" / "settings.json"
    write(qtbot, row(page, declared.dmp_timeout).editor.widget, "45")
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)

    [notice] = window.messages.on_screen()
    assert any("n’est pas là" in one.text() for one in notice.findChildren(QLabel))
    assert row(page, declared.dmp_timeout).editor.widget.text() == "45"
    (tmp_path / "away").unlink()
    next(one for one in notice.findChildren(Button) if one.text() == "Réessayer").click()

    file = tmp_path / "away" / "settings.json"
    qtbot.waitUntil(lambda: file.exists() and "45" in file.read_text("utf-8"), timeout=WAIT)


def test_a_wrong_value_is_refused_in_words_and_the_former_one_stays(qtbot, page):
    one = row(page, declared.dmp_timeout)

    write(qtbot, one.editor.widget, "trente")

    assert "n’est pas un nombre" in one.help.text()
    assert one.editor.widget.text() == "30"
    assert page.desk.settings[declared.dmp_timeout] == 30


def test_what_is_proposed_comes_back_with_one_click(qtbot, page):
    one = row(page, declared.practice_city)
    assert not one.back.isVisible()
    write(qtbot, one.editor.widget, "Lyon")
    assert one.back.isVisible()

    qtbot.mouseClick(one.back, Qt.MouseButton.LeftButton)

    assert page.desk.settings[declared.practice_city] == ""
    assert not one.back.isVisible()


def test_a_setting_that_waits_for_a_start_says_so(qtbot, page):
    one = row(page, declared.time_zone)
    write(qtbot, one.editor.widget, "Indian/Reunion")

    assert one.restart.isVisible()


def test_the_theme_changes_at_once(qtbot, page):
    one = row(page, declared.theme)
    one.editor.widget.setCurrentIndex(one.editor.widget.findData("dark"))
    one.editor.widget.activated.emit(one.editor.widget.currentIndex())

    assert current().name == "dark"
    qtbot.wait(50)
    current().use("light")
    qtbot.wait(50)


def test_yes_or_no_is_a_box(qtbot, page):
    boxes = [one for one in page.rows if isinstance(one.editor.widget, QCheckBox)]
    assert boxes
    before = page.desk.settings[boxes[0].setting]

    boxes[0].editor.widget.click()

    assert page.desk.settings[boxes[0].setting] is not before


def test_a_backup_without_a_folder_says_what_to_do(qtbot, page, window):
    qtbot.mouseClick(page.save_now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.messages._shown != [], timeout=WAIT)
    assert page.desk.keeping.folders == []

    page.desk.settings[declared.backup_folder] = "/ailleurs"
    qtbot.mouseClick(page.save_now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.keeping.folders == ["/ailleurs"], timeout=WAIT)


def test_a_folder_that_is_not_there_is_not_an_empty_one(qtbot, page):
    qtbot.waitUntil(lambda: "pas choisi" in page.copies.empty.text(), timeout=WAIT)
    page.desk.settings[declared.backup_folder] = "/ailleurs"
    page.copies.refresh()
    qtbot.waitUntil(lambda: "Aucune sauvegarde" in page.copies.empty.text(), timeout=WAIT)


def said(window):
    return [one.words.text() for one in window.messages.on_screen() if isinstance(one, Toast)]


def test_a_backup_tells_what_was_verified_and_stands_in_the_list(qtbot, page, window):
    page.desk.settings[declared.backup_folder] = "/ailleurs"
    qtbot.mouseClick(page.save_now, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(page.copies.rows) == 1 and said(window) != [], timeout=WAIT)
    row = page.copies.rows[0]
    assert row.title.text() == f"Vendredi {text.local(NOW):%d/%m/%Y, %H:%M}"
    assert row.state.text() == "vérifiée"
    assert "6214 patients, 41\u202f402 documents" in row.detail.text()
    assert row.verify.isHidden()
    assert "relue" in said(window)[-1] and "6214 patients" in said(window)[-1]


def test_a_refused_backup_is_no_success_and_is_listed_as_refused(qtbot, page, window):
    page.desk.settings[declared.backup_folder] = "/ailleurs"
    page.desk.keeping.damaged = True
    qtbot.mouseClick(page.save_now, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(page.copies.rows) == 1, timeout=WAIT)
    assert page.copies.rows[0].state.text() == "refusée"
    assert page.copies.rows[0].detail.text() == "source abîmée"
    qtbot.waitUntil(lambda: len(window.messages.on_screen()) == 1, timeout=WAIT)
    assert said(window) == []


def test_a_copy_to_verify_is_verified_on_demand(qtbot, page):
    page.desk.keeping.copies = [copy("/ailleurs/lgc-x", CopyState.TO_VERIFY)]
    page.copies.refresh()
    qtbot.waitUntil(lambda: len(page.copies.rows) == 1, timeout=WAIT)
    assert page.copies.rows[0].state.text() == "à vérifier"

    page.copies.rows[0].verify.click()

    qtbot.waitUntil(lambda: page.copies.rows[0].state.text() == "vérifiée", timeout=WAIT)


@pytest.mark.parametrize(
    ("damaged", "words"), [(False, "structure et journal intacts"), (True, "Abîmée : 2 sur")]
)
def test_the_last_look_is_shown_with_its_time(qtbot, page, damaged, words):
    assert "Pas encore relue" in page.copies.base.text()
    page.desk.keeping.damaged = damaged

    page.copies.read_again.click()

    qtbot.waitUntil(lambda: words in page.copies.base.text(), timeout=WAIT)
    assert f"{text.local(NOW):%d/%m à %H:%M}" in page.copies.base.text()
    if folder := os.environ.get("LGC_PICTURES"):
        page.desk.keeping.copies = [
            copy("/a", CopyState.VERIFIED), copy("/b", CopyState.TO_VERIFY),
            Copy(Path("x"), NOW, CopyState.REFUSED, why="source abîmée : rien n’a été copié"),
        ]  # fmt: skip
        page.show_item("sauvegarde")
        page.copies.refresh()
        qtbot.wait(300)
        page.window().grab().save(f"{folder}/copies-{damaged}.png")


def test_a_certificate_is_brought_with_its_password_and_taken_away(qtbot, page, window, tmp_path):
    panel, file = page.certificates, tmp_path / "cabinet.p12"
    file.write_bytes(b"p12")
    row = panel.rows[CertificateUse.MAIL_TLS]
    panel.bring(CertificateUse.MAIL_TLS, file)
    dialog = window.findChild(PasswordDialog)
    dialog.field.setText("sésame")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(row.forget.isVisible, timeout=WAIT)
    page.show_item("certificat")
    qtbot.wait(50)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/certificates.png")
    assert "CABINET DES LILAS" in row.state.text()
    assert "11/12/2027" in row.state.text()

    row.forget.click()

    qtbot.waitUntil(row.forget.isHidden, timeout=WAIT)
    assert page.desk.certificates.known == {}


def test_a_wrong_password_is_told_and_changes_nothing(qtbot, page, window, tmp_path):
    file = tmp_path / "cabinet.p12"
    file.write_bytes(b"p12")
    page.certificates.bring(CertificateUse.SIGNATURE, file)
    dialog = window.findChild(PasswordDialog)
    dialog.field.setText("autre")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: window.messages._shown != [], timeout=WAIT)
    assert page.certificates.rows[CertificateUse.SIGNATURE].forget.isHidden()


def test_an_official_file_is_loaded_told_and_taken_away(qtbot, page, tmp_path):
    row = page.nomenclatures.rows[Nomenclature.MEDICINES]
    page.nomenclatures.bring(Nomenclature.MEDICINES, [tmp_path / "CIS_bdpm.txt"])

    qtbot.waitUntil(lambda: "entrées" in row.state.text(), timeout=WAIT)
    assert "15\u202f432 entrées · fichier version 2026 · chargé le 06/11/2026" in row.state.text()
    qtbot.mouseClick(row.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "fournies" in row.state.text(), timeout=WAIT)


def test_a_loading_shows_how_far_it_is_and_stops_on_demand(qtbot, page, tmp_path):
    row = page.nomenclatures.rows[Nomenclature.LOINC]
    page.nomenclatures.bring(Nomenclature.LOINC, [tmp_path / "long.csv"])
    qtbot.waitUntil(lambda: row.bar.isVisible() and row.bar.value() == 500, timeout=WAIT)

    qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: page.desk.nomenclatures.stopped, timeout=WAIT)
    assert not row.bar.isVisible() and row.load.isVisible()
    assert page.desk.nomenclatures.known == {}


def test_an_edition_nobody_says_is_asked_and_dead_codes_are_listed(page, qtbot, tmp_path):
    fake = page.desk.nomenclatures
    fake.edition = ""
    fake.dead = (DeadLine("p", "e", "DURAND Jean", "Hémorroïdes", "I84.9", K64),)
    row = page.nomenclatures.rows[Nomenclature.CIM_10]
    page.nomenclatures.bring(Nomenclature.CIM_10, [tmp_path / "cim.csv"])

    dead = page.nomenclatures.dead[Nomenclature.CIM_10]
    qtbot.waitUntil(lambda: not row.edition.isHidden() and not dead.isHidden(), timeout=WAIT)
    assert "1 ligne de dossier porte un code supprimé" in plain(dead.told.text())
    wanted = "Hémorroïdes, I84.9, remplacé par K64.9 Hémorroïdes, sans complication"
    qtbot.waitUntil(lambda: wanted in said_of(dead), timeout=WAIT)
    assert "non dite" in row.state.text()

    row.edition.setText("2026")
    row.edition.returnPressed.emit()
    qtbot.waitUntil(lambda: row.edition.isHidden(), timeout=WAIT)
    assert "version 2026" in row.state.text()


def picture(widget, name):
    """Kept where LGC_PICTURES names a folder."""
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


K64 = Coded("K64.9", code_systems.CIM_10, "Hémorroïdes, sans complication")


def plain(words):
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def said_of(dead):
    return plain(" / ".join(one.text() for one in dead.findChildren(QLabel) if one.isVisible()))


def test_a_dead_code_is_replaced_by_one_act_that_is_taken_back(page, qtbot, window, tmp_path):
    fake = page.desk.nomenclatures
    lines = [
        DeadLine("p1", "e1", "PETIT Anne", "Vieille ligne", "A99.9"),
        DeadLine("p2", "e2", "DURAND Jean", "Hémorroïdes", "I84.9", K64),
        DeadLine("p3", "e3", "MARTIN Luc", "Hémorroïdes", "I84.9", K64),
    ]
    fake.dead = tuple(lines)
    page.nomenclatures.bring(Nomenclature.CIM_10, [tmp_path / "cim.csv"])
    page.show_item("CIM-10")
    dead = page.nomenclatures.dead[Nomenclature.CIM_10]
    qtbot.waitUntil(lambda: len(dead.buttons) == 2, timeout=WAIT)
    assert "3 lignes de dossiers portent" in plain(dead.told.text())
    qtbot.waitUntil(lambda: "A99.9, sans successeur connu" in said_of(dead), timeout=WAIT)
    assert [one.accessibleName() for one in dead.buttons] == [
        "Remplacer I84.9 par K64.9 : DURAND Jean", "Remplacer I84.9 par K64.9 : MARTIN Luc"
    ]  # fmt: skip
    assert page.desk.medical.renewed == []
    picture(page.nomenclatures, "dead_codes")

    dead.buttons[0].setFocus()
    qtbot.keyClick(dead.buttons[0], Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: len(dead.buttons) == 1, timeout=WAIT)
    assert page.desk.medical.renewed == [lines[1]]
    assert "MARTIN" in dead.buttons[0].accessibleName()
    qtbot.waitUntil(dead.buttons[0].hasFocus, timeout=WAIT)
    window.messages.undo_last()
    qtbot.waitUntil(lambda: len(dead.buttons) == 2, timeout=WAIT)
    assert page.desk.medical.renewed == []


def test_a_refused_file_says_which_line_and_leaves_the_rest(qtbot, page, tmp_path):
    row = page.nomenclatures.rows[Nomenclature.CCAM]
    page.nomenclatures.bring(Nomenclature.CCAM, [tmp_path / "damaged.csv"])

    qtbot.waitUntil(lambda: "ligne 12" in row.state.text(), timeout=WAIT)
    assert row.load.isVisible()


def test_the_directory_is_loaded_told_and_taken_away(qtbot, page, window, tmp_path):
    row = page.directory.row
    page.directory.bring(tmp_path / "autre.txt")
    qtbot.waitUntil(lambda: "n’est pas l’extraction" in row.state.text(), timeout=WAIT)
    page.directory.bring(tmp_path / "extraction.zip")
    qtbot.waitUntil(row.forget.isVisible, timeout=WAIT)
    assert "adresses · extraction.zip · chargé le 06/11/2026" in row.state.text()

    row.forget.click()

    qtbot.waitUntil(lambda: row.state.text().startswith("Rien de chargé"), timeout=WAIT)


def test_the_key_of_the_directory_is_kept_and_never_shown_again(qtbot, page):
    field = page.directory.key
    qtbot.keyClicks(field, "portal-key")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: field.placeholderText() == "Clé enregistrée", timeout=WAIT)
    assert field.text() == ""
    assert page.directory._desk.directory.key == "portal-key"


def test_a_card_is_withdrawn_once_the_doctor_agreed_and_never_the_one_in_use(qtbot, page, window):
    panel = page.owned[section_of(declared.card_module)]
    qtbot.waitUntil(lambda: list(panel.withdrawing) == ["b" * 64], timeout=WAIT)

    panel.withdrawing["b" * 64].click()
    dialog = window.findChild(WithdrawDialog)
    assert any("sauvegarde plus ancienne" in one.text() for one in dialog.findChildren(QLabel))
    assert len(page.desk.cards.known) == 2
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: len(page.desk.cards.known) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: panel.withdrawing == {}, timeout=WAIT)


def renewing(qtbot, page, window, pin):
    panel = page.owned[section_of(declared.card_module)]
    qtbot.waitUntil(panel.renew.isEnabled, timeout=WAIT)
    panel.renew.click()
    dialog = window.findChild(RenewDialog)
    qtbot.waitUntil(lambda: dialog.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(dialog.pin, pin)
    qtbot.keyClick(dialog.pin, Qt.Key.Key_Return)
    return dialog


def test_a_new_recovery_key_is_shown_after_the_pin_and_confirmed(qtbot, page, window):
    dialog = renewing(qtbot, page, window, "1234")

    qtbot.waitUntil(dialog.code.isVisible, timeout=WAIT)
    assert "ABCD" in dialog.code._shown.text()
    dialog.go.trigger()
    assert dialog.isVisible() and "cochez" in dialog.form.error(dialog.code.box)
    assert page.desk.cards.noted == 0
    dialog.code.box.click()
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: page.desk.cards.noted == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: window.findChild(RenewDialog) is None, timeout=WAIT)


def test_a_refused_pin_makes_no_recovery_key_and_locks(qtbot, page, window):
    page.desk.connection = DeskConnection()
    with qtbot.waitSignal(window.lock_asked, timeout=WAIT):
        renewing(qtbot, page, window, "9999")

    qtbot.waitUntil(lambda: window.findChild(RenewDialog) is None, timeout=WAIT)
    assert page.desk.cards.noted == 0


def test_a_recovery_key_that_a_lock_covers_is_not_shown_again(qtbot, page, window):
    """The door makes another one: the doctor must not note this one."""
    dialog = renewing(qtbot, page, window, "1234")
    qtbot.waitUntil(dialog.code.isVisible, timeout=WAIT)

    window.setEnabled(False)

    qtbot.waitUntil(lambda: window.findChild(RenewDialog) is None, timeout=WAIT)
    window.setEnabled(True)
    assert page.desk.cards.noted == 0
