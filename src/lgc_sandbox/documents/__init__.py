"""Documents that other professionals made: CDA, PDF, XDM archives and their messages.

Built here without any code of ``lgc``, so that it reads what it did not write.
"""
