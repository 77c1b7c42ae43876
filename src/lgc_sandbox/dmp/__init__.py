"""A severe DMP: mutual TLS, VIHF, and the transactions a cabinet speaks (dmp.md).

It reads requests with its own parsers and rules; it answers as the official samples do.
"""
