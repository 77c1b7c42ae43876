"""How ``lgc keys`` reads the loops that give keys to acts."""

import ast

import pytest

from lgc.commands.keys import _Reader

LOOP = """
MORE = [("Garder", "Ctrl+S"), ("Chercher", "Ctrl+F")]
for name, key in ({rows}):
    action(self, name, self._act, key)
"""


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ('("Nouveau", "N"), *MORE', {"N": "Nouveau", "Ctrl+S": "Garder", "Ctrl+F": "Chercher"}),
        ('*(("Fermer", "Esc"),), ("Nouveau", "N")', {"Esc": "Fermer", "N": "Nouveau"}),
        ('("Nouveau", "N"), *made(), ("Fermer", "Esc")', {"N": "Nouveau"}),
        ('(*("Nouveau", "N"),), ("Fermer", "Esc")', {"N": "Nouveau", "Esc": "Fermer"}),
        ('(*made(), "N"), ("Fermer", "Esc")', {"Esc": "Fermer"}),
        ('ROW, ("Fermer", "Esc")', {"Esc": "Fermer"}),
    ],
)
def test_a_table_opened_with_a_star_is_read_as_far_as_it_is_written(rows, found):
    reader = _Reader(ast.parse(LOOP.format(rows=rows)))

    assert dict(reader.lines()) == found
