"""Servers that do harm by talking: too slowly, without an end, beyond measure, or not at all.

An act is armed by the knob ``hostile`` of a place, its name as the code (``POST /knobs {"place":
"imap", "fault": "hostile", "code": "literal_huge"}``), and played to the next connection. What an
act says is bounded in bytes and seconds: a client that swallows everything only fails its test.
"""
