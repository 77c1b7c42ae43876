"""A small independent France on loopback: test authority, soft CPS card, DMP, MSSanté, directory.

It imports nothing of ``lgc``: it reads our requests with its own eyes, so it cannot share
our mistakes.
"""
