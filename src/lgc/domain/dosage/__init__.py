"""A dosage as a doctor types it: understood whole and one way only, or kept as words.

``reading`` makes a ``Dosage`` of a sentence: ``tokens`` cuts it, ``parts`` knows each kind of words
(amount, moments, rhythm, maximum, length…), ``steps`` puts them together; a word left over, or two
readings of one sentence, leave it text. ``wording`` writes back what was understood, and those
words read again give the same. ``vocabulary`` holds every word. Units are UCUM.
"""
