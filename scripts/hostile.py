"""Issue 15 tried again: every line and what held, from six seats, as tried and held.

``python scripts/hostile.py`` makes all attempts (some minutes), ``--short`` a few of each,
``--seat thief network`` some seats. What lgc does not yet do is printed « pas encore » and counts
for nothing. Real parts alone: cards in SoftHSM2, vault, mail, windows without a screen, servers of
this machine. Exit code 1 when anything did not hold.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hostile_seats import (
    colleague,
    correspondent,
    covered,
    filing,
    journal,
    markup,
    neighbour,
    network,
    questions,
    supplier,
    thief,
    web,
)
from hostile_seats.ground import Found, Ground

KEPT = "acquis"
SEATS = {
    "thief": "voleur",
    "correspondent": "correspondant",
    "network": "réseau",
    "neighbour": "voisin sur la machine",
    "colleague": "collègue à l’écran",
    "supplier": "fournisseur",
}


@dataclass(frozen=True, slots=True)
class Try:
    """``line`` is that of issue 15, or ``KEPT`` for what held before it; no ``run``: not yet."""

    seat: str
    line: str
    words: str
    run: Callable[[Ground], Found] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """``missed`` says which attempts did not hold, and what stopped the try."""

    what: Try
    tried: int = 0
    held: int = 0
    missed: tuple[str, ...] = ()
    seconds: float = 0.0


TRIES = (
    Try("thief", KEPT, "base falsifiée, coupée, rejouée", thief.base),
    Try("thief", KEPT, "fichier des clés modifié", thief.keys),
    Try("thief", KEPT, "clés de secours essayées", thief.codes),
    Try("thief", KEPT, "mots lisibles sur le disque", thief.words),
    Try("thief", "6", "base sans ses clés, clés sans leur base", thief.without_keys),
    Try("thief", "6", "carte ou clé de secours retirées", thief.withdrawn),
    Try("thief", "17", "journal réécrit, base plus ancienne", journal.rewritten),
    Try("correspondent", "8", "en-têtes et accusés que nous écrivons", correspondent.headers),
    Try("correspondent", "9", "archives qui se classent ou remplacent seules", filing.by_itself),
    Try("correspondent", "10", "PDF d’un autre à côté d’un CDA", filing.papers),
    Try("correspondent", "11", "adresses cachées derrière un nom connu", filing.names),
    Try("correspondent", "12", "messages au nom du médecin", filing.in_my_name),
    Try("correspondent", "13", "bulles d’aide", correspondent.tips),
    Try("correspondent", "14", "messages médicaux hors de la liste blanche", filing.outside),
    Try("correspondent", "19", "noms de fichiers", correspondent.file_names),
    Try(
        "correspondent",
        "19",
        "cellules collées, lignes de console",
        correspondent.cells,
    ),
    Try("correspondent", KEPT, "HTML des messages", markup.html),
    Try("correspondent", KEPT, "pages et PDF des documents CDA", markup.cda_pages),
    Try("correspondent", KEPT, "programmes et bombes dans un document", markup.pdf_inside),
    Try("correspondent", KEPT, "entités XML", markup.entities),
    Try("correspondent", KEPT, "balises dans le XML que nous écrivons", markup.xml_out),
    Try("network", KEPT, "faux serveurs devant la carte", network.servers),
    Try("network", KEPT, "faux clients, certificat copié", network.clients),
    Try("network", "16", "listes de révocation étrangères, anciennes, abîmées", web.revocation),
    Try("network", "18", "retour du navigateur dérangé", web.way_back),
    Try("neighbour", "18", "mandataires et réglages de l’environnement", web.environment),
    Try("neighbour", "18", "mandataire devant cette machine", web.proxies),
    Try("colleague", "1", "jeton au numéro du médecin", colleague.own_number),
    Try("colleague", "1", "chaînes de certificats imitées", colleague.own_chain),
    Try("colleague", "1", "certificat inconnu de la même personne", colleague.unknown_certificate),
    Try("colleague", "2", "carte inconnue du cabinet, son propre code", colleague.unknown_card),
    Try("colleague", "3", "carte mise à la place d’une autre", colleague.other_first),
    Try("colleague", "4", "ce qui n’est pas un code", colleague.no_pin),
    Try("colleague", "4", "chiffres tapés pendant le verrouillage", colleague.typed_around),
    Try("colleague", "5", "fenêtres, menus et lecteur d’écran sous le verrou", covered.beside),
    Try("colleague", "7", "journée sans carte", colleague.without_card),
    Try("colleague", KEPT, "questions posées à chaque recherche", questions.searches),
    Try("neighbour", "15", "un dossier de copies pour plusieurs cabinets", neighbour.shared_folder),
    Try("neighbour", "15", "liens qui attendent la copie", neighbour.waiting_links),
    Try("neighbour", "15", "fichiers ouverts aux autres comptes", neighbour.modes),
    Try("neighbour", "19", "carte logicielle prise à défaut", neighbour.soft_card),
    Try("supplier", KEPT, "verrous des paquets", supplier.locks),
    Try("supplier", KEPT, "paquets falsifiés", supplier.installs),
)


def run(tries: Sequence[Try], ground: Ground, show: Callable[[Result], None]) -> list[Result]:
    results = []
    for one in tries:
        results.append(_result(one, ground))
        show(results[-1])
    return results


def _result(one: Try, ground: Ground) -> Result:
    """A try that stops counts as one attempt that did not hold."""
    if one.run is None:
        return Result(one)
    began, tried, held = time.monotonic(), 0, 0
    missed: list[str] = []
    try:
        for what, well in one.run(ground):
            tried, held = tried + 1, held + well
            missed += [] if well else [what]
    except Exception:
        tried += 1
        missed.append(traceback.format_exc(limit=-4))
    return Result(one, tried, held, tuple(missed), time.monotonic() - began)


def _show(result: Result) -> None:
    one = result.what
    head = f"{SEATS[one.seat]:22}{one.line:>7}  {one.words:52}"
    counts = f"{result.tried:6}{result.held:7}" if one.run is not None else "   pas encore"
    print(f"{head}{counts}{result.seconds:8.1f} s", flush=True)
    for what in result.missed[:5]:
        print(f"    n’a pas tenu : {what}", flush=True)


def table(results: Sequence[Result]) -> str:
    """The lines of SECURITY.md."""
    rows = [
        f"| {SEATS[one.what.seat]} | {one.what.line} | {one.what.words} | "
        + (f"{one.tried} | {one.held} |" if one.what.run is not None else "pas encore | |")
        for one in results
    ]
    head = "| place | ligne | essais | tentés | tenus |\n|---|---|---|---:|---:|"
    return "\n".join((head, *rows))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--short", action="store_true", help="a few attempts of each")
    parser.add_argument("--seat", nargs="+", choices=tuple(SEATS), default=tuple(SEATS))
    parser.add_argument("--table", action="store_true", help="print the table of SECURITY.md too")
    chosen = parser.parse_args()
    logging.disable()  # what is refused is told there too
    with tempfile.TemporaryDirectory(prefix="lgc-hostile-") as folder:
        ground = Ground(Path(folder), chosen.seed, short=chosen.short)
        tries = [one for one in TRIES if one.seat in chosen.seat]
        results = run(tries, ground, _show)
    tried, held = (sum(getattr(one, name) for one in results) for name in ("tried", "held"))
    print(f"{tried} tentés, {held} tenus, {sum(one.run is None for one in tries)} pas encore")
    if chosen.table:
        print(table(results))
    return int(tried != held)


if __name__ == "__main__":
    sys.exit(main())
