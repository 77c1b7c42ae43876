"""The windows. The only room that knows PySide6."""

from lgc.immortals import keep_alive

keep_alive()
