"""What each act on a DMP means, in the doctor's words: the law is in what is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.desktop import text
from lgc.domain.dmp import DocumentAction, Opposition
from lgc.domain.identity import Sex
from lgc.services.views import PatientView


@dataclass(frozen=True, slots=True)
class Question:
    """A dialog: title, what it means, what the doctor attests (empty: nothing), the verb.

    ``motive`` is the caption of a line to write, empty when none is asked; ``choices`` are boxes
    that may stay empty, as (key, words); ``guardian`` is what a minor's parent attests in place
    of the patient; ``said`` is the toast of its success. « {le} », « {du} » and « {au} » name
    the patient.
    """

    title: str
    meaning: str
    verb: str
    said: str
    attest: str = ""
    motive: str = ""
    glyph: str = "ri.folder-user-line"
    danger: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    guardian: str = ""


AUTHORISE = Question(
    "M’autoriser sur ce DMP",
    "Vous pourrez consulter son DMP. L’autorisation est enregistrée à votre nom et {le} la verra.",
    "M’autoriser",
    "Vous êtes autorisé sur ce DMP",
    attest="{Le} m’a donné son accord pour accéder à son DMP",
    glyph="ri.lock-unlock-line",
)
WITHDRAW = Question(
    "Retirer mon autorisation",
    "Vous ne pourrez plus consulter ce DMP sans un nouvel accord. Vous pourrez toujours y "
    "déposer des documents ; ceux déjà récupérés restent dans le dossier du cabinet.",
    "Retirer mon autorisation",
    "Votre autorisation est retirée",
    glyph="ri.lock-line",
)
BECOME_ATTENDING = Question(
    "Me déclarer médecin traitant",
    "Vous verrez aussi les documents masqués aux autres professionnels, et pourrez archiver "
    "ou démasquer ceux de vos confrères.",
    "Me déclarer médecin traitant",
    "Vous êtes médecin traitant dans ce DMP",
    attest="{Le} m’a choisi comme médecin traitant et en est d’accord",
    glyph="ri.stethoscope-line",
)
STOP_ATTENDING = Question(
    "Ne plus être médecin traitant",
    "Vous gardez votre autorisation, sans les droits du médecin traitant.",
    "Ne plus être médecin traitant",
    "Vous n’êtes plus médecin traitant dans ce DMP",
    glyph="ri.stethoscope-line",
)
CLOSE = Question(
    "Fermer ce DMP",
    "Plus personne ne pourra le consulter ni l’alimenter. Rattaché à Mon espace santé, il ne "
    "peut être fermé que par {le}.",
    "Fermer le DMP",
    "Le DMP est fermé",
    attest="{Le} me demande de fermer son DMP",
    glyph="ri.folder-forbid-line",
    danger=True,
)
OPPOSITIONS = (
    (Opposition.BREAK_GLASS.value, "{Le} s’oppose à l’accès en urgence (bris de glace)"),
    (Opposition.EMERGENCY_CENTRE.value, "{Le} s’oppose à l’accès du centre 15"),
)
CREATE = Question(
    "Créer son DMP",
    "Le DMP est ouvert au nom {du} ; les professionnels de son choix pourront l’alimenter et, "
    "avec son accord, le consulter.",
    "Créer le DMP",
    "Le DMP est créé",
    attest="{Le} consent à la création de son DMP",
    glyph="ri.folder-add-line",
    choices=OPPOSITIONS,
    guardian="Ce représentant légal consent à la création du DMP de l’enfant",
)
REACTIVATE = Question(
    "Réactiver ce DMP",
    "Le DMP fermé est rouvert avec les documents qu’il contenait.",
    "Réactiver le DMP",
    "Le DMP est réactivé",
    attest="{Le} consent à la réactivation de son DMP",
    glyph="ri.folder-open-line",
    guardian="Ce représentant légal consent à la réactivation du DMP de l’enfant",
)
OPPOSE = Question(
    "Oppositions {du}",
    "Ce que {le} refuse en cas d’urgence. Rattaché à Mon espace santé, le DMP ne se règle que là.",
    "Enregistrer",
    "Les oppositions sont enregistrées",
    glyph="ri.shield-user-line",
    choices=OPPOSITIONS,
)
BREAK_GLASS = Question(
    "Accès en urgence (bris de glace)",
    "À n’utiliser que si l’état {du} comporte un risque immédiat pour sa santé et qu’un accord "
    "ne peut être obtenu. L’accès est tracé et {le} en reçoit la notification ; une opposition "
    "enregistrée le bloque. Il cesse quand ce dossier se ferme.",
    "Accéder en urgence",
    "Accès d’urgence ouvert pour ce dossier",
    attest="Je confirme la situation d’urgence",
    motive="Motif, conservé dans le journal",
    glyph="ri.alarm-warning-line",
    danger=True,
)
REGULATION = Question(
    "Accès du centre 15",
    "Pour la régulation médicale en cours seulement. L’accès est tracé et {le} en reçoit la "
    "notification ; une opposition enregistrée le bloque. Il cesse quand ce dossier se ferme.",
    "Accéder en régulation",
    "Accès du centre 15 ouvert pour ce dossier",
    attest="Je régule un appel au sujet {du}",
    motive="Motif, conservé dans le journal",
    glyph="ri.alarm-warning-line",
    danger=True,
)
SECRET = Question(
    "Connexion secrète",
    "Les consultations faites depuis ce dossier resteront invisibles aux représentants légaux "
    "{du}, jusqu’à sa fermeture.",
    "Ouvrir en secret",
    "Connexion secrète ouverte pour ce dossier",
    attest="{Le} me demande le secret envers ses représentants légaux",
    glyph="ri.eye-off-line",
)
INVISIBLE = Question(
    "Document non visible {au}",
    "Ce document n’a pas encore été annoncé {au}. Ne le montrez pas à l’écran et ne "
    "l’imprimez pas pour {lui}.",
    "Ouvrir quand même",
    "",
    glyph="ri.user-unfollow-line",
)
DOCUMENT: dict[DocumentAction, Question] = {
    DocumentAction.MASK: Question(
        "Masquer aux professionnels",
        "Seuls {le}, son médecin traitant et vous verrez encore ce document.",
        "Masquer",
        "Document masqué aux autres professionnels",
        glyph="ri.eye-off-line",
    ),
    DocumentAction.UNMASK: Question(
        "Démasquer",
        "Tous les professionnels autorisés par {le} verront ce document.",
        "Démasquer",
        "Document visible des professionnels autorisés",
        glyph="ri.eye-line",
    ),
    DocumentAction.SHOW_TO_PATIENT: Question(
        "Rendre visible {au}",
        "{Le} pourra lire ce document dans Mon espace santé dès maintenant.",
        "Rendre visible",
        "Document visible {du}",
        attest="J’ai annoncé le contenu de ce document {au}",
        glyph="ri.user-follow-line",
    ),
    DocumentAction.SHOW_TO_GUARDIANS: Question(
        "Rendre visible aux représentants légaux",
        "Les représentants légaux {du} pourront lire ce document.",
        "Rendre visible",
        "Document visible des représentants légaux",
        attest="{Le} est d’accord",
        glyph="ri.parent-line",
    ),
    DocumentAction.ARCHIVE: Question(
        "Archiver",
        "Le document reste dans le DMP mais n’apparaît plus dans les recherches ordinaires.",
        "Archiver",
        "Document archivé dans le DMP",
        glyph="ri.archive-line",
    ),
    DocumentAction.UNARCHIVE: Question(
        "Sortir des archives",
        "Le document revient parmi les documents courants du DMP.",
        "Sortir des archives",
        "Document sorti des archives",
        glyph="ri.inbox-unarchive-line",
    ),
    DocumentAction.DELETE: Question(
        "Supprimer du DMP",
        "Le document disparaît du DMP pour tout le monde, sans retour possible. Il reste dans "
        "le dossier du cabinet.",
        "Supprimer du DMP",
        "Document supprimé du DMP",
        glyph="ri.delete-bin-line",
        danger=True,
    ),
}


def about(words: str, patient: PatientView) -> str:
    """The words with the patient named as the patient is."""
    female = patient.sex is Sex.FEMALE
    return words.format(
        le=text.the_patient(patient.sex, start=False),
        Le=text.the_patient(patient.sex),
        du="de la patiente" if female else "du patient",
        au="à la patiente" if female else "au patient",
        lui="elle" if female else "lui",
    )
