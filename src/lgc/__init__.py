"""lgc: the practice-management desktop of a French GP.

The rooms and who may look at whom are told in CONTRIBUTING.md and checked by import-linter.
"""

__version__ = "0.1.0"
