"""Logging in beside the work: one browser at a time, and the status line tells how it ended."""

import threading

from lgc.errors import UserFacingError
from lgc.jobs.logging_in import ASKED, LoggingIn, in_browser, on_phone


class Tokens:
    """A session that opens when the test lets it."""

    def __init__(self, error=None):
        self.open, self.error, self.asked = False, error, 0
        self.go, self.over = threading.Event(), threading.Event()

    def log_in(self, browse):
        self.asked += 1
        self.go.wait(2)
        if self.error:
            raise self.error
        self.open = True


def make(tokens):
    told, woken = [], threading.Event()

    class Mailbox:
        def waits(self, words):
            told.append(words)

        def failed(self, error, pause=None):
            told.append(getattr(error, "sentence", type(error).__name__))
            tokens.over.set()

    way = in_browser(tokens, lambda address: True)
    return LoggingIn(tokens, way, Mailbox(), woken.set), told, woken


def test_two_questions_open_one_browser_and_the_mailbox_is_read_after():
    tokens = Tokens()
    logging_in, told, woken = make(tokens)
    logging_in.ask()
    logging_in.ask()
    tokens.go.set()

    assert woken.wait(2)
    assert tokens.asked == 1
    assert told == [ASKED]


def test_an_open_session_only_reads_the_mailbox():
    tokens = Tokens()
    tokens.open = True
    logging_in, told, woken = make(tokens)

    logging_in.ask()

    assert woken.is_set()
    assert (tokens.asked, told) == (0, [])


def test_a_refusal_is_told_and_may_be_tried_again():
    tokens = Tokens(UserFacingError("Non confirmée."))
    logging_in, told, woken = make(tokens)
    tokens.go.set()
    logging_in.ask()

    assert tokens.over.wait(2)
    assert told == [ASKED, "Non confirmée."]
    assert not woken.is_set()


def test_the_code_shown_here_is_the_one_shown_on_the_phone():
    asked = []

    class Phone:
        def log_in_on_phone(self, national_id, binding):
            asked.append((national_id, binding))

    words, wait = on_phone(Phone(), lambda: "899700057294")()
    wait()

    [(who, code)] = asked
    assert who == "899700057294"
    assert len(code) == 4
    assert code in words
