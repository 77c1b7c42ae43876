"""Keep ``None``, ``True`` and ``False`` alive under Python 3.11.

PySide6 6.12 returns them without taking a reference, as Python 3.12 allows since they are
immortal there (PEP 683). Python 3.11 counts: after some thousand calls that return nothing it
ends with « deallocating None ». A count no session can use up makes both agree.
"""

from __future__ import annotations

import ctypes
import sys

PLENTY = 1 << 40


def keep_alive() -> bool:
    """Raise the counts once. True when this Python needed it and has it."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return False
    for single in (None, True, False, NotImplemented, Ellipsis):
        if sys.getrefcount(single) < PLENTY // 2:
            # The count is the first field of every object of CPython (PyObject.ob_refcnt).
            ctypes.c_ssize_t.from_address(id(single)).value += PLENTY
    return sys.getrefcount(None) > PLENTY // 2
