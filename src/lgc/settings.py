"""Every setting, declared once with the words the doctor will read.

Values live in ``settings.json`` beside the store: nothing secret may be declared here.
What the DMP and MSSanté specifications leave unknown is a setting with the proposed default.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from lgc.errors import UserFacingError
from lgc.files import private_folder, telling, write_whole

T = TypeVar("T", str, int, bool)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A declared setting. ``key`` is dotted; ``choices`` lists allowed values when closed."""

    key: str
    default: T
    label: str
    help: str = ""
    choices: tuple[T, ...] = ()
    restart: bool = False


card_module = Setting(
    "card.module",
    "",
    "Module PKCS#11",
    "Bibliothèque qui lit la carte CPS. Vide : Cryptolib, puis OpenSC, puis SoftHSM2.",
    restart=True,
)
card_trust = Setting(
    "card.trust",
    "",
    "Autorités de certification",
    "Fichier PEM des autorités IGC-Santé auxquelles se fier.",
    restart=True,
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
    "si disponible : vérifiée quand la liste de chaque autorité est là ; exigée : sinon, rien "
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
)
revocation_addresses = Setting(
    "card.revocation_addresses",
    "",
    "Adresses des listes de révocation",
    "Relevées toutes les six heures, séparées par une espace ; la dernière valable est gardée.",
    restart=True,
)
idle_lock_minutes = Setting(
    "access.idle_lock_minutes",
    10,
    "Verrouiller après",
    "Minutes sans clavier ni souris avant le verrouillage ; 0 pour ne jamais verrouiller.",
)
dmp_base = Setting(
    "dmp.base",
    "",
    "Adresse du DMP",
    "Début commun des services, par exemple l’adresse qui finit par /si-dmp-server/v2/services.",
)
dmp_web = Setting("dmp.web", "", "Accès Web DMP", "Adresse du portail ouvert dans le navigateur.")
dmp_oid = Setting(
    "dmp.oid",
    "1.2.250.1.213.4.1.1.1",
    "OID du DMP",
    "Destinataire des messages HL7 V3.",
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
    "dmp.parallel", 6, "Questions en parallèle", "Au plus, vers le DMP, au même moment."
)
dmp_batch = Setting(
    "dmp.batch", 20, "Documents par question", "Fiches demandées au DMP en une fois."
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
dmp_majority = Setting("dmp.majority", 18, "Âge de la majorité", "En années.")
dmp_list_patient = Setting(
    "dmp.list_names_patient",
    False,
    "Patient dans la liste des DMP",
    "Écrit un patient dans le VIHF de la liste de mes DMP, comme l’exemple officiel.",
)
dmp_timeout = Setting("dmp.timeout_seconds", 30, "Délai du DMP", "Secondes avant d’abandonner.")
dmp_settle_seconds = Setting(
    "dmp.settle_seconds",
    60,
    "Délai de vérification du DMP",
    "Secondes pendant lesquelles un dépôt sans réponse peut encore paraître : rien n’est renvoyé.",
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
lps_name = Setting("lps.name", "lgc", "Nom du logiciel", "Tel qu’homologué.")
lps_id = Setting("lps.id", "1", "Numéro d’instance", "Identifie cette installation.")
lps_oid = Setting(
    "lps.oid",
    "",
    "OID de l’installation",
    "Racine des identifiants de documents et de lots émis ici.",
    restart=True,
)
lps_homologation = Setting(
    "lps.homologation",
    "",
    "Numéro d’homologation",
    "Attribué par le CNDA ; transmis dans le VIHF.",
)
time_zone = Setting(
    "practice.time_zone", "Europe/Paris", "Fuseau horaire", "Celui du cabinet.", restart=True
)
_GUIDANCE = "Page ouverte dans le navigateur ; {code} et {label} y sont remplacés. Vide : aucune."
guidance_cim10 = Setting("medical.guidance.cim10", "", "Recommandations : CIM-10", _GUIDANCE)
guidance_medicines = Setting(
    "medical.guidance.medicines", "", "Recommandations : médicaments", _GUIDANCE
)
guidance_ccam = Setting("medical.guidance.ccam", "", "Recommandations : CCAM", _GUIDANCE)
guidance_loinc = Setting("medical.guidance.loinc", "", "Recommandations : biologie", _GUIDANCE)
agenda_opens = Setting(
    "agenda.opens",
    "08:00",
    "Début de journée",
    "Première heure de l’agenda et des créneaux libres.",
)
agenda_closes = Setting(
    "agenda.closes", "19:00", "Fin de journée", "Dernière heure des créneaux libres, hh:mm."
)
agenda_sunday = Setting(
    "agenda.sunday", False, "Dimanche", "Montre le dimanche et y cherche des créneaux."
)
practice_name = Setting("practice.name", "", "Nom du cabinet", "En tête des documents.")
practice_address = Setting("practice.address", "", "Adresse du cabinet", "Numéro et voie.")
practice_postal_code = Setting("practice.postal_code", "", "Code postal")
practice_city = Setting("practice.city", "", "Ville")
practice_telephone = Setting("practice.telephone", "", "Téléphone")
mail_address = Setting(
    "mssante.address", "", "Adresse MSSanté", "Votre boîte aux lettres sécurisée."
)
archive_after = Setting(
    "inbox.archive_after_days",
    30,
    "Archiver après",
    "Nombre de jours avant qu’un message lu et classé quitte la réception ; 0 : jamais.",
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
)
psc_issuer = Setting(
    "psc.issuer",
    "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
    "Pro Santé Connect",
    "Adresse de l’émetteur des jetons.",
)
psc_authorize = Setting(
    "psc.authorize", "https://wallet.esw.esante.gouv.fr/auth", "Page de connexion"
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
)
mail_smtp_host = Setting("mssante.smtp_host", "", "Serveur d’envoi")
mail_smtp_port = Setting("mssante.smtp_port", 587, "Port d’envoi", "587, STARTTLS.")
mail_imap_host = Setting("mssante.imap_host", "", "Serveur de réception")
mail_imap_port = Setting("mssante.imap_port", 143, "Port de réception", "143, STARTTLS.")
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
)
mail_citizen_limit_mb = Setting(
    "mssante.citizen_limit_mb",
    25,
    "Taille maximale vers un patient",
    "Mégaoctets par message que prend Mon espace santé.",
)
mail_signature = Setting(
    "mssante.signature",
    "",
    "Signature des messages",
    "Sous chaque message ; vide : votre nom, le cabinet et son téléphone.",
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
)
mail_poll_seconds = Setting("mssante.poll_seconds", 30, "Relève", "Secondes entre deux relèves.")
mail_timeout = Setting("mssante.timeout_seconds", 30, "Délai MSSanté", "Secondes.")
mail_settle_seconds = Setting(
    "mssante.settle_seconds",
    60,
    "Délai de vérification MSSanté",
    "Secondes pendant lesquelles un message sans réponse peut encore arriver : rien n’est renvoyé.",
)
printer_name = Setting(
    "printing.printer", "", "Imprimante", "Son nom dans le système. Vide : celle par défaut."
)
print_copies = Setting("printing.copies", 1, "Exemplaires", "Nombre proposé à chaque impression.")
theme = Setting("appearance.theme", "light", "Thème", choices=("light", "dark"))

backup_folder = Setting(
    "backup.folder",
    "",
    "Dossier des sauvegardes",
    "De préférence sur un autre disque. Les copies sont chiffrées comme l’original.",
)

ALL: tuple[Setting[Any], ...] = tuple(v for v in list(globals().values()) if isinstance(v, Setting))

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cabinet", ("practice",)),
    ("Carte et accès", ("card", "access")),
    ("Apparence", ("appearance",)),
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
    """Values of this practice; reading never fails, writing is atomic and remembers a copy."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._values: dict[str, Any] = {}
        if file is not None and file.exists():
            try:
                self._values = json.loads(file.read_text("utf-8"))
            except ValueError as error:
                raise UserFacingError(
                    "Le fichier de réglages est illisible.",
                    advice="Corrigez-le ou supprimez-le : les valeurs d’origine reviendront.",
                    details=str(file),
                ) from error

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast(T, self._values.get(setting.key, setting.default))

    def __setitem__(self, setting: Setting[T], value: T) -> None:
        """Change one value. Raises ValueError when it is not of the declared type or choices."""
        if type(value) is not type(setting.default):
            raise ValueError(setting.key)
        if setting.choices and value not in setting.choices:
            raise ValueError(setting.key)
        self._values[setting.key] = value

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
