"""One repository per subject: rows on one side, frozen facts of the domain on the other.

A repository belongs to one unit of work, hence to one thread. A key that is not there raises
KeyError: screens only ask for what a list gave them.
"""
