"""What a doctor does, one module each: sharing, filing incoming mail, searching the DMP…

Who may come in: jobs and desktop. The outside is reached only through the Protocols of
``ports``; ``bootstrap`` hands in the real thing.
"""
