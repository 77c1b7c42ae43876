"""Parse arguments, call bootstrap, start the desktop; nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lgc import children, paths
from lgc.errors import UserFacingError


def main(arguments: list[str] | None = None) -> int:
    """Entry point of ``lgc``; returns the exit code."""
    served = children.serve(sys.argv[1:] if arguments is None else arguments)
    if served is not None:
        return served
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except UserFacingError as error:
        print(f"{error.sentence} {error.advice}".strip(), file=sys.stderr)  # noqa: T201
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lgc", description="Logiciel de gestion de cabinet du médecin généraliste."
    )
    parser.set_defaults(run=_practice)
    parser.add_argument("--dossier", type=Path, help="dossier du cabinet (sinon celui du poste)")
    commands = parser.add_subparsers(title="commandes")
    demo = commands.add_parser("demo", help="cabinet fictif, avec DMP et MSSanté de démonstration")
    demo.add_argument("--dir", type=Path, default=Path.home() / ".lgc-demo")
    demo.set_defaults(run=_demo)
    tour = commands.add_parser("tour", help="visite guidée filmée, sur le cabinet fictif")
    tour.add_argument("--out", type=Path, required=True)
    tour.add_argument("--theme", choices=("light", "dark"), default="light")
    tour.add_argument("--scale", type=float, default=1.0)
    tour.add_argument("--size", default="1440x900")
    tour.set_defaults(run=_tour)
    read = commands.add_parser("read", help="dit ce qui est compris de documents et de messages")
    read.add_argument("files", type=Path, nargs="+", metavar="FICHIER")
    read.add_argument("--json", action="store_true", help="en JSON, toujours le même")
    read.set_defaults(run=_read)
    check = commands.add_parser("check", help="dit ce qui ne va pas dans des documents CDA")
    check.add_argument("files", type=Path, nargs="+", metavar="FICHIER")
    check.add_argument(
        "--dossier",
        type=Path,
        default=argparse.SUPPRESS,
        help="dossier du cabinet : ses tables chargées jugent les codes aussi",
    )
    check.set_defaults(run=_check)
    keys = commands.add_parser("keys", help="dit chaque touche : écran, acte, par clavier")
    keys.set_defaults(run=_keys)
    return parser


def _practice(chosen: argparse.Namespace) -> int:
    from lgc.bootstrap import Office, Profile, workstation
    from lgc.desktop import start

    given: Path | None = chosen.dossier
    if given is not None:
        return start.run(
            lambda: Office(Profile(given, remembered=True)), lambda: workstation(given)
        )
    return start.run(
        lambda: Office(Profile(paths.practice_folder(), remembered=True)),
        lambda: workstation(_known_folder(), paths.keep_practice_folder),
    )


def _known_folder() -> Path:
    """The chosen folder; the usual one while the choice cannot be read and is made again."""
    try:
        return paths.practice_folder()
    except UserFacingError:
        return paths.usual_folder()


def _demo(chosen: argparse.Namespace) -> int:
    from lgc import demo
    from lgc.bootstrap import Office, workstation
    from lgc.desktop import start

    folder: Path = chosen.dir
    with demo.Sandbox(folder / "sandbox") as sandbox:
        pin = sandbox.facts["pin"]
        print(f"Carte de démonstration : code porteur {pin}.")  # noqa: T201
        practice = folder / "practice"
        return start.run(
            lambda: Office(demo.profile(practice, sandbox.facts)), lambda: workstation(practice)
        )


def _tour(chosen: argparse.Namespace) -> int:
    from lgc import tour

    return tour.run(chosen.out, theme=chosen.theme, scale=chosen.scale, size=chosen.size)


def _read(chosen: argparse.Namespace) -> int:
    from lgc.commands import read

    return read.run(chosen.files, as_json=chosen.json)


def _check(chosen: argparse.Namespace) -> int:
    from lgc.commands import check

    return check.run(chosen.files, chosen.dossier)


def _keys(chosen: argparse.Namespace) -> int:
    from lgc.commands import keys

    return keys.run()


if __name__ == "__main__":
    raise SystemExit(main())
