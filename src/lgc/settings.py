"""Every setting, declared once with the words the doctor will read.

Values live in ``settings.json`` beside the store: nothing secret may be declared here.
What the DMP and MSSanté specifications leave unknown is a setting with the proposed default.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from lgc.files import private_folder, telling, write_whole
from lgc.setting_values import (
    address,
    between,
    each,
    host,
    hour,
    hour_of,
    line,
    list_address,
    mail,
    missing,
    oid,
    optional,
    page,
    paragraph,
    path,
    port,
    proxy,
    required,
    zone,
)

T = TypeVar("T", str, int, bool)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A declared setting. ``key`` is dotted; ``choices`` lists allowed values when closed.

    ``takes`` says why a value is refused, "" when it is taken; ``disk`` names what must be there
    when it is chosen: ``file`` or ``folder``.
    """

    key: str
    default: T
    label: str
    help: str = ""
    choices: tuple[T, ...] = ()
    restart: bool = False
    takes: Callable[[Any], str] | None = None
    disk: str = ""

    def refusal(self, value: object) -> str:
        """Why ``value`` cannot be kept, in French; "" when it can. Looks at no disk."""
        if type(value) is not type(self.default):
            return "Ce n’est pas une valeur de ce réglage."
        if self.choices:
            return "" if value in self.choices else "Ce choix n’existe pas."
        if self.takes is not None:
            return self.takes(value)
        return line(value) if isinstance(value, str) else ""

    def missing(self, value: object) -> str:
        """Why what ``value`` points at cannot be used now. May wait for a slow disk."""
        return missing(str(value), self.disk) if self.disk and value else ""


card_module = Setting(
    "card.module",
    "",
    "Module de la carte",
    "Bibliothèque PKCS#11 qui lit la carte CPS. Vide : Cryptolib, puis OpenSC.",
    restart=True,
    takes=optional(path),
    disk="file",
)
card_trust = Setting(
    "card.trust",
    "",
    "Autorités de certification",
    "Fichier PEM des autorités IGC-Santé auxquelles se fier.",
    restart=True,
    takes=optional(path),
    disk="file",
)
tls_versions = Setting(
    "card.tls",
    "1.2+1.3",
    "Versions de TLS",
    "Limiter à TLS 1.2 si la carte refuse la signature brute.",
    choices=("1.2+1.3", "1.2"),
    restart=True,
)
tls_revocation = Setting(
    "card.revocation",
    "si disponible",
    "Révocation des serveurs",
    "si disponible : vérifiée pour chaque autorité dont la liste est là ; exigée : sinon, rien "
    "n’est envoyé.",
    choices=("si disponible", "exigée"),
    restart=True,
)
revocation_folder = Setting(
    "card.revocation_folder",
    "",
    "Dossier des listes de révocation",
    "Fichiers .crl des autorités, déposés par votre administrateur.",
    restart=True,
    takes=optional(path),
    disk="folder",
)
revocation_addresses = Setting(
    "card.revocation_addresses",
    "",
    "Adresses des listes de révocation",
    "Relevées toutes les six heures, séparées par une espace ; la dernière valable est gardée.",
    restart=True,
    takes=each(list_address),
)
tls_common_name = Setting(
    "card.common_name",
    "refuser",
    "Nom du serveur dans le seul CN",
    "refuser : son certificat doit le nommer dans « subjectAltName » ; accepter : l’ancien champ "
    "suffit, si votre opérateur le demande.",
    choices=("refuser", "accepter"),
    restart=True,
)
network_proxy = Setting(
    "network.proxy",
    "",
    "Serveur mandataire",
    "Par où passent le DMP, l’annuaire, Pro Santé Connect et les listes de révocation : "
    "http://serveur:port. Vide : aucun. Ce que dit le système n’est pas suivi.",
    restart=True,
    takes=optional(proxy),
)
idle_lock_minutes = Setting(
    "access.idle_lock_minutes",
    10,
    "Verrouiller après",
    "Minutes sans clavier ni souris avant le verrouillage ; 0 pour ne jamais verrouiller.",
    takes=between(1, 240, or_zero=True),
)
dmp_base = Setting(
    "dmp.base",
    "",
    "Adresse du DMP",
    "Début commun des services, par exemple l’adresse qui finit par /si-dmp-server/v2/services.",
    takes=optional(address),
)
dmp_web = Setting(
    "dmp.web",
    "",
    "Accès Web DMP",
    "Adresse du portail ouvert dans le navigateur.",
    takes=optional(address),
)
dmp_oid = Setting(
    "dmp.oid",
    "1.2.250.1.213.4.1.1.1",
    "OID du DMP",
    "Destinataire des messages HL7 V3.",
    takes=required(oid),
)
dmp_processing = Setting(
    "dmp.processing",
    "P",
    "Mode HL7",
    "P en production, D sur la plate-forme de test.",
    ("P", "D"),
)
dmp_sha_signature = Setting(
    "dmp.signature_algorithm",
    "sha1",
    "Empreinte de la signature du lot",
    "sha1 comme l’exemple officiel, sha256 si le guide le demande.",
    choices=("sha1", "sha256"),
)
dmp_parallel = Setting(
    "dmp.parallel",
    6,
    "Questions en parallèle",
    "Au plus, vers le DMP, au même moment.",
    takes=between(1, 20),
)
dmp_batch = Setting(
    "dmp.batch",
    20,
    "Documents par question",
    "Fiches demandées au DMP en une fois.",
    takes=between(1, 100),
)
dmp_regulation = Setting(
    "dmp.regulation",
    False,
    "Régulation (centre 15)",
    "Ouvre la recherche sans INS et l’accès « centre 15 », réservés à la régulation, dès la "
    "prochaine session.",
)
dmp_creation = Setting(
    "dmp.creation",
    False,
    "Création et réactivation",
    "À n’ouvrir que si le guide en vigueur les permet encore au logiciel.",
)
dmp_minors = Setting(
    "dmp.minors",
    True,
    "Gestion des mineurs",
    "Propose la connexion secrète et les documents invisibles aux parents.",
)
dmp_majority = Setting(
    "dmp.majority", 18, "Âge de la majorité", "En années.", takes=between(15, 21)
)
dmp_list_patient = Setting(
    "dmp.list_names_patient",
    False,
    "Patient dans la liste des DMP",
    "Écrit un patient dans le VIHF de la liste de mes DMP, comme l’exemple officiel.",
)
dmp_timeout = Setting(
    "dmp.timeout_seconds", 30, "Délai du DMP", "Secondes avant d’abandonner.", takes=between(1, 300)
)
dmp_settle_seconds = Setting(
    "dmp.settle_seconds",
    60,
    "Délai de vérification du DMP",
    "Secondes pendant lesquelles un dépôt sans réponse peut encore paraître : rien n’est renvoyé.",
    takes=between(1, 3600),
)
vihf_version = Setting(
    "vihf.version", "3.0", "Version du VIHF", "3.0 ou 4.0.", choices=("3.0", "4.0")
)
vihf_mode = Setting(
    "vihf.mode",
    "DIRECTE",
    "Authentification au DMP",
    "DIRECTE avec la carte ; INDIRECTE avec les certificats de la structure.",
    choices=("DIRECTE", "INDIRECTE", "INDIRECTE_RENFORCEE"),
)
vihf_local_authentication = Setting(
    "vihf.local_authentication",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "Authentification locale",
    "Classe SAML de l’ouverture de session, en mode indirect seulement.",
)
vihf_reinforced = Setting(
    "vihf.reinforced",
    "CONF_EXI_PGSSIS",
    "Authentification renforcée",
    "Déclaration du mode indirect renforcé.",
    choices=("APP_BROWSER_AUTH", "CONF_EXI_PGSSIS"),
)
vihf_authentication_name = Setting(
    "vihf.authentication_attribute",
    "Authentification_Mode",
    "Nom de l’attribut d’authentification",
    "Les deux graphies existent dans les exemples officiels.",
    choices=("Authentification_Mode", "Authentification_mode"),
)
lps_name = Setting("lps.name", "lgc", "Nom du logiciel", "Tel qu’homologué.", takes=required(line))
lps_id = Setting(
    "lps.id", "1", "Numéro d’instance", "Identifie cette installation.", takes=required(line)
)
lps_oid = Setting(
    "lps.oid",
    "",
    "OID de l’installation",
    "Racine des identifiants de documents et de lots émis ici.",
    restart=True,
    takes=optional(oid),
)
lps_homologation = Setting(
    "lps.homologation",
    "",
    "Numéro d’homologation",
    "Attribué par le CNDA ; transmis dans le VIHF.",
)
time_zone = Setting(
    "practice.time_zone",
    "Europe/Paris",
    "Fuseau horaire",
    "Celui du cabinet.",
    restart=True,
    takes=required(zone),
)
_GUIDANCE = "Page ouverte dans le navigateur ; {code} et {label} y sont remplacés. Vide : aucune."
guidance_cim10 = Setting(
    "medical.guidance.cim10", "", "Recommandations : CIM-10", _GUIDANCE, takes=optional(page)
)
guidance_medicines = Setting(
    "medical.guidance.medicines",
    "",
    "Recommandations : médicaments",
    _GUIDANCE,
    takes=optional(page),
)
guidance_ccam = Setting(
    "medical.guidance.ccam", "", "Recommandations : CCAM", _GUIDANCE, takes=optional(page)
)
guidance_loinc = Setting(
    "medical.guidance.loinc", "", "Recommandations : biologie", _GUIDANCE, takes=optional(page)
)
agenda_opens = Setting(
    "agenda.opens",
    "08:00",
    "Début de journée",
    "Première heure de l’agenda et des créneaux libres.",
    takes=required(hour),
)
agenda_closes = Setting(
    "agenda.closes",
    "19:00",
    "Fin de journée",
    "Dernière heure des créneaux libres, hh:mm.",
    takes=required(hour),
)
agenda_sunday = Setting(
    "agenda.sunday", False, "Dimanche", "Montre le dimanche et y cherche des créneaux."
)
agenda_holidays = Setting(
    "agenda.holidays",
    "Métropole",
    "Jours fériés",
    "Dits à la prise d’un rendez-vous ; les créneaux libres les évitent.",
    choices=(
        "Métropole",
        "Alsace-Moselle",
        "Guadeloupe",
        "Martinique",
        "Guyane",
        "La Réunion",
        "Mayotte",
        "Saint-Barthélemy",
        "Saint-Martin",
    ),
)
practice_name = Setting("practice.name", "", "Nom du cabinet", "En tête des documents.")
practice_address = Setting("practice.address", "", "Adresse du cabinet", "Numéro et voie.")
practice_postal_code = Setting("practice.postal_code", "", "Code postal")
practice_city = Setting("practice.city", "", "Ville")
practice_telephone = Setting("practice.telephone", "", "Téléphone")
mail_address = Setting(
    "mssante.address",
    "",
    "Adresse MSSanté",
    "Votre boîte aux lettres sécurisée.",
    takes=optional(mail),
)
archive_after = Setting(
    "inbox.archive_after_days",
    30,
    "Archiver après",
    "Nombre de jours avant qu’un message lu et classé quitte la réception ; 0 : jamais.",
    takes=between(1, 3650, or_zero=True),
)
mail_access = Setting(
    "mssante.access",
    "carte",
    "Accès à la messagerie",
    "carte : certificat de la CPS ; logiciel : certificat importé ; psc : Pro Santé Connect "
    "(API LPS).",
    choices=("carte", "logiciel", "psc"),
    restart=True,
)
mail_trusted_domains = Setting(
    "mssante.trusted_domains",
    "mssante.fr",
    "Espace de confiance",
    "Domaines dont les serveurs peuvent recevoir un jeton, séparés par des espaces.",
    takes=each(host),
)
psc_issuer = Setting(
    "psc.issuer",
    "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
    "Pro Santé Connect",
    "Adresse de l’émetteur des jetons.",
    takes=required(address),
)
psc_authorize = Setting(
    "psc.authorize",
    "https://wallet.esw.esante.gouv.fr/auth",
    "Page de connexion",
    takes=required(address),
)
psc_way = Setting(
    "psc.way",
    "navigateur",
    "Se connecter par",
    "navigateur : page de Pro Santé Connect ; téléphone : application e-CPS, sans navigateur.",
    choices=("navigateur", "téléphone"),
    restart=True,
)
psc_client_id = Setting(
    "psc.client_id", "", "Identifiant du logiciel", "Donné par l’ANS avec l’habilitation."
)
fhir_address = Setting(
    "directory.fhir_address",
    "",
    "Annuaire en ligne",
    "Adresse de l’API FHIR de l’annuaire santé. Vide : l’annuaire local seul.",
    takes=optional(address),
)
mail_smtp_host = Setting("mssante.smtp_host", "", "Serveur d’envoi", takes=optional(host))
mail_smtp_port = Setting("mssante.smtp_port", 587, "Port d’envoi", "587, STARTTLS.", takes=port)
mail_imap_host = Setting("mssante.imap_host", "", "Serveur de réception", takes=optional(host))
mail_imap_port = Setting(
    "mssante.imap_port", 143, "Port de réception", "143, STARTTLS.", takes=port
)
mail_nil = Setting(
    "mssante.nil",
    "",
    "Référence produit (NIL)",
    "Donnée par Convergence ; en-tête X-MSS-NIL.",
)
mail_size_limit_mb = Setting(
    "mssante.size_limit_mb",
    10,
    "Taille maximale",
    "Mégaoctets par message, fixés par l’opérateur.",
    takes=between(1, 200),
)
mail_citizen_limit_mb = Setting(
    "mssante.citizen_limit_mb",
    25,
    "Taille maximale vers un patient",
    "Mégaoctets par message que prend Mon espace santé.",
    takes=between(1, 200),
)
mail_signature = Setting(
    "mssante.signature",
    "",
    "Signature des messages",
    "Sous chaque message ; vide : votre nom, le cabinet et son téléphone.",
    takes=paragraph,
)
mail_integration_receipts = Setting(
    "mssante.integration_receipts",
    True,
    "Accusés d’intégration",
    "Envoyés à qui les demande quand un message s’est classé de lui-même.",
)
mail_read_receipts = Setting(
    "mssante.read_receipts",
    "demander",
    "Accusés de lecture",
    "demander : vous décidez à chaque message ; toujours : dès l’ouverture, à l’expéditeur seul.",
    choices=("demander", "toujours", "jamais"),
)
mail_white_list = Setting(
    "mssante.white_list",
    "",
    "Liste blanche MSSanté",
    "Fichier XML des domaines de l’espace de confiance.",
    takes=optional(path),
    disk="file",
)
mail_poll_seconds = Setting(
    "mssante.poll_seconds", 30, "Relève", "Secondes entre deux relèves.", takes=between(1, 3600)
)
mail_timeout = Setting(
    "mssante.timeout_seconds", 30, "Délai MSSanté", "Secondes.", takes=between(1, 300)
)
mail_settle_seconds = Setting(
    "mssante.settle_seconds",
    60,
    "Délai de vérification MSSanté",
    "Secondes pendant lesquelles un message sans réponse peut encore arriver : rien n’est renvoyé.",
    takes=between(1, 3600),
)
printer_name = Setting(
    "printing.printer", "", "Imprimante", "Son nom dans le système. Vide : celle par défaut."
)
print_copies = Setting(
    "printing.copies", 1, "Exemplaires", "Nombre proposé à chaque impression.", takes=between(1, 20)
)
letter_keys = Setting(
    "keyboard.letters",
    True,
    "Lettres et chiffres seuls",
    "Dans une liste, E archive, R répond, 1 choisit… Non : seules les touches avec Ctrl, Alt ou F "
    "agissent (à choisir si vous dictez).",
)
theme = Setting("appearance.theme", "light", "Thème", choices=("light", "dark"))

backup_folder = Setting(
    "backup.folder",
    "",
    "Dossier des sauvegardes",
    "De préférence sur un autre disque. Les copies sont chiffrées comme l’original, et relues en "
    "entier avant d’être gardées.",
    takes=optional(path),
    disk="folder",
)

ALL: tuple[Setting[Any], ...] = tuple(v for v in list(globals().values()) if isinstance(v, Setting))

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cabinet", ("practice",)),
    ("Carte et accès", ("card", "access")),
    ("Réseau", ("network",)),
    ("Apparence", ("appearance", "keyboard")),
    ("Agenda", ("agenda",)),
    ("Dossier médical", ("medical",)),
    ("Impression", ("printing",)),
    ("Sauvegardes", ("backup",)),
    ("DMP", ("dmp",)),
    ("Identification au DMP", ("vihf",)),
    ("MSSanté", ("mssante", "inbox")),
    ("Pro Santé Connect", ("psc",)),
    ("Annuaire", ("directory",)),
    ("Logiciel", ("lps",)),
)
"""Where the doctor looks for a setting: the beginnings of its key."""


def section_of(setting: Setting[Any]) -> str:
    """The title of its section; « Autres » when its key begins as none does."""
    head = setting.key.split(".")[0]
    return next((title for title, heads in SECTIONS if head in heads), "Autres")


class Settings:
    """Values of this practice; reading never fails, writing is atomic and remembers a copy.

    A file that cannot be read, or holds what a setting refuses, opens on the proposed values:
    ``problems`` says so in French, and the file as it was is kept beside.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._values: dict[str, Any] = {}
        self.problems: tuple[str, ...] = ()
        if file is not None and file.exists():
            self._read(file)

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast(T, self._values.get(setting.key, setting.default))

    def __setitem__(self, setting: Setting[T], value: T) -> None:
        """Change one value. Raises ValueError with the reason when the setting refuses it."""
        reason = self.refusal(setting, value)
        if reason:
            raise ValueError(reason)
        self._values[setting.key] = value

    def refusal(self, setting: Setting[Any], value: object) -> str:
        """Why ``value`` cannot be kept here, beside the other values; "" when it can."""
        reason = setting.refusal(value)
        if not reason and setting in _DAY:
            opens, closes = (str(value) if one is setting else self[one] for one in _DAY)
            if (hour_of(opens) or time.min) >= (hour_of(closes) or time.max):
                return "La journée doit finir après avoir commencé."
        return reason

    def is_proposed(self, setting: Setting[Any]) -> bool:
        """Is the value in force the one that is proposed?"""
        return bool(self[setting] == setting.default)

    def save(self) -> None:
        """Never half a file. Raises UserFacingError when it cannot be written: the values stay in
        force and are written by the next save."""
        if self._file is None:
            return
        content = json.dumps(dict(self._values), ensure_ascii=False, indent=1)
        with telling():
            private_folder(self._file.parent)
            write_whole(self._file, content.encode("utf-8"))

    # --- inside -------------------------------------------------------------------------------

    def _read(self, file: Path) -> None:
        try:
            if file.stat().st_size > _MOST_BYTES:
                raise ValueError
            found = json.loads(file.read_text("utf-8"))
            if not isinstance(found, dict):
                raise ValueError
        except (OSError, ValueError, RecursionError):
            self._refuse(file, ["Le fichier de réglages est illisible."])
            return
        refused = [self._take(key, value) for key, value in found.items()]
        # One hour alone may be right, and the two together make no day.
        if any(self.refusal(one, self[one]) for one in _DAY):
            refused.append(f"« {agenda_closes.label} » : {self.refusal(_DAY[1], self[_DAY[1]])}")
            for one in _DAY:
                self._values.pop(one.key, None)
        if any(refused):
            self._refuse(file, [reason for reason in refused if reason])

    def _take(self, key: str, value: object) -> str:
        """Keep a value that was read; why not, when it is refused. A newer version's stay."""
        setting = _BY_KEY.get(key)
        reason = setting.refusal(value) if setting is not None else ""
        if not reason:
            self._values[key] = value
        return f"« {setting.label} » : {reason}" if setting is not None and reason else ""

    def _refuse(self, file: Path, reasons: list[str]) -> None:
        self.problems = tuple(reasons)
        aside = file.with_name(f"{file.stem}-refusé{file.suffix}")
        with contextlib.suppress(OSError):  # a disk that only reads: the file itself stays as it is
            write_whole(aside, file.read_bytes())


_MOST_BYTES = 1_000_000
_BY_KEY: dict[str, Setting[Any]] = {setting.key: setting for setting in ALL}
_DAY: tuple[Setting[str], Setting[str]] = (agenda_opens, agenda_closes)
