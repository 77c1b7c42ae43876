"""Every place of the screens where Enter acts is known here, with what it acts on.

A new one is written down with the test that tries it: Enter acts on nothing that was not typed or
moved to.
"""

import re
from pathlib import Path

DESKTOP = Path(__file__).resolve().parents[2] / "src" / "lgc" / "desktop"
ENTER = re.compile(r"returnPressed|Key_Return|\bENTER\b|\"Return\"|show_below\(|Completion\(")
# What Enter takes is chosen by the completion of the kit (tests/desktop/test_rhythms.py).
COMPLETED = {
    "components/completion.py", "components/people.py",
    "components/suggestions.py", "contacts/contact_dialog.py", "mailbox/assign_panel.py",
    "record/administrative/circle.py", "record/medical/add_bar.py",
    "record/writing/drug_entry.py", "search/dialog.py", "sharing/recipients.py",
}  # fmt: skip
# No person and no word of a record: what stands in view, or what was typed whole.
WITHOUT_LIST = {
    "access/failed_start.py": "tries again",
    "access/screen.py": "the code that was typed",
    "agenda/month.py": "the day under the cursor",
    "agenda/page.py": "the slot under the cursor",
    "components/curves.py": "the point under the cursor",
    "components/fields.py": "opens the search",
    "components/keys.py": "names of keys",
    "components/tables.py": "the current row",
    "contacts/page.py": "tests/desktop/test_contacts.py",
    "home/page.py": "the visit under the cursor",
    "mailbox/folder_dialog.py": "the name typed",
    "mailbox/preview.py": "a file with the focus",
    "queue/page.py": "the document of the line",
    "record/administrative/fields.py": "the code that was scanned",
    "record/biology/table.py": "the current row",
    "record/life_line.py": "the mark with the cursor",
    "record/measures/editor.py": "the line being corrected",
    "record/measures/entry_bar.py": "tests/desktop/test_measures.py",
    "record/medical/editor.py": "the line being corrected",
    "record/medical/entry_row.py": "the line with the focus",
    "record/writing/alert_lines.py": "the alert with the focus",
    "record/writing/ready_lines.py": "tests/desktop/test_who_is_meant.py",
    "settings/cards.py": "the code that was typed",
    "settings/certificates.py": "what was typed",
    "settings/directory.py": "the key that was typed",
    "settings/load_row.py": "the edition that was typed, tests/desktop/test_settings.py",
}


def test_every_place_where_enter_acts_is_known():
    found = {
        str(path.relative_to(DESKTOP))
        for path in DESKTOP.rglob("*.py")
        if ENTER.search(path.read_text(encoding="utf-8"))
    }

    assert found - COMPLETED - set(WITHOUT_LIST) == set(), "say what Enter acts on, and try it"
    assert (COMPLETED | set(WITHOUT_LIST)) - found == set(), "no longer one of them"


def test_no_list_chooses_by_itself():
    """Only the completion and the one-line entry show a list of suggestions."""
    known = {
        "components/completion.py",
        "record/medical/add_bar.py",
        "record/measures/entry_bar.py",
    }
    found = {
        str(path.relative_to(DESKTOP))
        for path in DESKTOP.rglob("*.py")
        if re.search(r"\.show_below\(", path.read_text(encoding="utf-8"))
    }

    assert found == known
