"""The windows. The only room that knows PySide6."""

from lgc.desktop.immortals import keep_alive

keep_alive()
