"""Facts and rules of the practice.

Who may come in: everybody above. What it may use: the standard library and ``lgc.errors``.
Everything here is frozen, has no clock, no network, no disk.
"""
