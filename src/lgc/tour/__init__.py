"""``lgc tour``: drives the real windows against the sandbox and keeps what was seen and sent.

It leaves numbered pictures, ``report.json`` and ``wire/``. Exit code 1 when a step failed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from lgc import demo, settings
from lgc.bootstrap import Office, workstation
from lgc.errors import place_of
from lgc.files import private_folder, write_whole
from lgc.settings import Settings


def run(out: Path, *, theme: str, scale: float, size: str) -> int:
    """Make the visit; ``size`` is ``WIDTHxHEIGHT`` in pixels at 100 %."""
    if scale != 1.0:
        os.environ["QT_SCALE_FACTOR"] = str(scale)
    if sys.platform.startswith("linux") and not _has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _empty(out)
    width, height = (int(part) for part in size.split("x"))
    with demo.temporary("tour") as place:
        folder = Path(place)
        with demo.Sandbox(folder / "sandbox") as sandbox:
            return _visit(out, folder / "practice", sandbox, theme, (width, height))


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _empty(out: Path) -> None:
    """Only what an earlier tour left is removed."""
    private_folder(out)
    for picture in out.glob("[0-9][0-9]-*.png"):
        picture.unlink()
    (out / "report.json").unlink(missing_ok=True)
    shutil.rmtree(out / "wire", ignore_errors=True)


def _visit(
    out: Path, practice: Path, sandbox: demo.Sandbox, theme: str, size: tuple[int, int]
) -> int:
    # Imported late: the platform of Qt is chosen by the environment above.
    from lgc.desktop import start
    from lgc.desktop.app import make_application
    from lgc.tour.driver import Doctor, Heartbeat, floor
    from lgc.tour.steps import STEPS, Visit
    from lgc.tour.wire import Wire

    profile = demo.profile(practice, sandbox.facts)
    chosen = Settings(practice / "settings.json")
    chosen[settings.theme] = theme
    chosen.save()
    wire = Wire(out / "wire")
    office = Office(replace(profile, observer=wire))
    make_application(sys.argv[:1], office.settings)
    desktop = start.open_desktop(office, workstation(practice))
    desktop.frame.resize(*size)
    heartbeat = Heartbeat()
    doctor = Doctor(desktop.frame, out, heartbeat)
    visit = Visit(desktop, doctor, sandbox, wire, office)
    report: list[dict[str, Any]] = []
    failed = False
    for name, step in STEPS:
        heartbeat.take()
        started, actions = time.perf_counter(), doctor.actions
        problem = ""
        try:
            step(visit)
        except Exception as error:
            problem = f"{error} ({place_of(error)})"
            doctor.picture("echec")
        longest, hardest = heartbeat.take()
        report.append(
            {
                "step": name,
                "ok": not problem,
                "seconds": round(time.perf_counter() - started, 2),
                "actions": doctor.actions - actions,
                "longest_block_ms": round(longest * 1000),
                "longest_work_ms": round(hardest * 1000),
                "floor_ms": round(floor() * 1000),
                **({"problem": problem} if problem else {}),
            }
        )
        heartbeat.forget()
        failed = failed or bool(problem)
        if problem:
            break
    missing = wire.missing()
    if missing:
        report.append({"step": "wire", "ok": False, "problem": ", ".join(missing)})
    write_whole(
        out / "report.json", json.dumps(report, ensure_ascii=False, indent=1).encode("utf-8")
    )
    desktop.frame.close()
    office.stop()
    return 1 if failed or missing else 0
