"""Readers of the official nomenclature files, in the forms they are published in.

Each reader is handed ``Files`` and yields ``Term``; whatever is wrong ends in ``UnreadableInput``
that names the file and the line. Tables with a header are read by the names of their columns,
whatever their order; the files of the public medicines base (BDPM) have no header and are read by
rank. Bytes may be UTF-8, CP1252 or Latin-1, line by line.
"""
