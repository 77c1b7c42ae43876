"""``lgc-sandbox``: serve, look at the journal, move the card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from lgc_sandbox import journal
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, SoftCard
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.serve import serve


def say(line: str) -> None:
    """One line on the standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well."""
    asked = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    return command(asked)


def _serve(asked: argparse.Namespace) -> int:
    serve(asked.dir, asked.schemas, say, tied=asked.tied)
    return 0


def _log(asked: argparse.Namespace) -> int:
    path = asked.dir / "dmp.sqlite"
    if not path.exists():
        say("Aucun journal dans ce dossier.")
        return 1
    with closing(Registry(path)) as registry:
        found = list(
            journal.chosen(registry.journal(), refused=asked.refused, action=asked.transaction)
        )
    for line in journal.lines(found):
        say(line)
    if asked.page is not None:
        asked.page.write_text(journal.page(found), "utf-8")
    return 0


def _card(asked: argparse.Namespace) -> int:
    authority = Authority.create(asked.dir / "authority")
    card = SoftCard(asked.dir / "card")
    if asked.pull:
        card.pull()
        return 0
    if not card.present and not card.pulled.is_dir():
        card.make(authority, DOCTOR)
    if asked.other:
        card.make_other(authority, OTHER_DOCTOR)
    card.insert(other=asked.other)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lgc-sandbox", description="Une petite France de test.")
    commands = parser.add_subparsers(required=True)
    for name, command, words in (
        ("serve", _serve, "démarrer tous les serveurs"),
        ("log", _log, "afficher le journal des échanges"),
        ("card", _card, "fabriquer, insérer ou retirer la carte"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("--dir", type=Path, required=True, help="dossier du bac à sable")
        one.set_defaults(command=command)
        if name == "serve":
            one.add_argument("--schemas", type=Path, help="dossier des schémas officiels (XSD)")
            one.add_argument(
                "--tied", action="store_true", help="s’arrêter à la fin de l’entrée standard"
            )
        if name == "log":
            one.add_argument("--refused", action="store_true", help="ce qui n’a pas été accepté")
            one.add_argument("--transaction", default="", help="une transaction, comme td2.1")
            one.add_argument("--page", type=Path, help="fichier HTML à écrire")
        if name == "card":
            one.add_argument("--other", action="store_true", help="une autre carte")
            one.add_argument("--pull", action="store_true", help="retirer la carte")
    return parser


if __name__ == "__main__":
    sys.exit(main())
