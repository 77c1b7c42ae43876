"""A doctor who types a note in the real window, in a process of its own that will be killed.

``doctor_typing.py FOLDER SANDBOX_JSON type``: types one word after another, saying each on its
output as soon as it stands in the field; never ends. ``… read``: prints what the note holds.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from lgc import demo
from lgc.bootstrap import Office
from lgc.desktop.app import make_application
from lgc.desktop.bridge import Bridge
from lgc.desktop.main_window import MainWindow
from lgc.desktop.record.writing.text_parts import NotePart
from lgc.services.drafting import CONSULTATION


def main(folder, facts, phase):
    office = Office(demo.profile(folder, facts))
    opened = office.access.open(facts["pin"])
    if opened.recovery_code:
        office.access.keep_code()
    office.access.choose(opened.places[0])
    desk = office.desk
    patient_id = desk.finding.find("chemin").patients[0].patient.patient_id
    if phase == "read":
        print(json.dumps({"history": desk.drafting.draft(patient_id, CONSULTATION).of("history")}))
        sys.stdout.flush()
        os._exit(0)
    application = make_application(sys.argv[:1], office.settings)
    window = MainWindow(Bridge())
    part = NotePart(patient_id, desk, window.tasks)
    window.stack.addWidget(part)
    window.stack.setCurrentWidget(part)
    window.show()
    part.shown("note")
    while not part.panel.loaded:
        application.processEvents()
    field = part.panel.fields["history"]
    number = 0
    while True:
        number += 1
        for letter in f"mot{number} ":
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QCoreApplication.sendEvent(field, event)
        print(number, time.monotonic(), flush=True)
        until = time.monotonic() + 0.04
        while time.monotonic() < until:
            application.processEvents()
            time.sleep(0.005)


if __name__ == "__main__":
    where, settings, what = sys.argv[1:4]
    main(Path(where), json.loads(Path(settings).read_text("utf-8")), what)
