"""The tries of ``scripts/hostile.py``, a file for each seat that somebody may attack from.

A try is a generator: for each attempt what was tried, and whether lgc held. ``ground`` is what all
of them stand on, ``cards`` the soft cards and their authorities.
"""
