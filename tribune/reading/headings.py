"""What a heading says its column holds, in French or English, and which row of a table has headings."""

import re
from collections.abc import Sequence

from tribune.names import plain

GIVEN, FAMILY, NAME, ROLE, ORGANISATION, LEFT_OUT = "given", "family", "name", "role", "organisation", "left out"
AFFILIATION, EMAIL, SECTION, NOTE = "affiliation", "email", "section", "note"
MOST_ROWS_ABOVE = 15  # of the headings

_OF_PEOPLE = {
    GIVEN: "prenom|prenoms|given name|given names|first name|firstname|forename",
    FAMILY: "nom de famille|family name|surname|last name|lastname",
    NAME: "nom complet|full name|name|nom|signataire|signataires|signatory|signatories"
    "|prenom et nom|nom et prenom|prenom nom|nom prenom",
    ROLE: "statut",  # in a file, that of an order or of an answer: left out, see below
}
_MORE = {
    EMAIL: "email|e mail|emails|mail|mails|courriel|courriels|courrier electronique|mel|adresse|adresses|adresse mail"
    "|adresse email|adresse e mail|adresse courriel|adresse de courriel|adresse de messagerie|adresse electronique"
    "|address|email address|e mail address|mail address",
    SECTION: "rubrique|section|categorie|category|groupe|group|college|liste",
    NOTE: "note|notes|remarque|remarques|commentaire|commentaires|observation|observations|comment|comments|remark",
    GIVEN: "prenom usuel|prenom d usage|vorname",
    FAMILY: "nom usuel|nom d usage|nachname|familienname",
    NAME: "noms|prenoms et noms|noms et prenoms|prenoms noms|noms prenoms|nom et prenoms|personne|person|contact"
    "|representant|representante|representant legal|representante legale|represente par|porte parole",
    ROLE: "fonction|fonctions|role|roles|titre|titres|title|position|job|job title|poste|qualite|qualites|profession"
    "|metier|occupation|fonction titre|titre fonction|poste occupe|mandat|fonction occupee|fonction exercee"
    "|intitule du poste|intitule de poste",
    ORGANISATION: "organisation|organization|structure|entreprise|affiliation|company|institution|employer|employeur"
    "|association|organisme|organisations|organismes|structures|institutions|organization name|societe|collectif"
    "|etablissement|etablissements|raison sociale|universite|university|laboratoire|organisme d appartenance"
    "|structure d appartenance|organisation d appartenance|organisation representee|affiliation institutionnelle",
    AFFILIATION: "fonction et organisation|fonction organisation|fonction et structure|fonction structure"
    "|role and organisation|role and organization|fonction organisme|fonction et organisme|qualite et organisation",
    LEFT_OUT: "n|no|id|date|telephone|phone|civilite|civ|genre|sexe|madame monsieur|m mme|mme m|salutation|gender"
    "|numero|nb|ligne|tel|portable|mobile|code postal|postal code|cp|zip|zip code|ville|city|state|pays|country"
    "|adresse postale|horodateur|timestamp|statut|status|ok|sid|uid|serial|serie|numero de serie|draft|brouillon"
    "|adresse ip|ip address|username|nom d utilisateur|time|submitted time|completed time|modified time|heure"
    "|heure de soumission|heure d envoi|sequentiel|heure de completion|heure de modification|signed on|created at"
    "|confirmed|is verified",
}


def _held_by(words: dict[str, str]) -> dict[str, str]:
    return {heading: held for held, headings in words.items() for heading in headings.split("|")}


OF_PEOPLE = _held_by(_OF_PEOPLE)  # alone say so in a list pasted with a letter: its first row may be a person's
_HELD_BY = OF_PEOPLE | _held_by(_MORE)
ASKED = re.compile(
    r"^(?:(?:quel(?:le)?s? (?:est|sont)|what (?:is|are)) )?(?:votre|vos|ton|ta|your) "
)  # a form's question
_LONGEST_HEADING = 80  # characters of a heading that names its column in two ways
_OF_WHOM = re.compile(
    r" (?:(?:du|de la|de l|de|of the) )?(?:signataire|signatory|representante?(?: legale?)?|contact|personne"
    r"|participante?|adherente?)$"
)
_IF_ANY = re.compile(
    r" (?:s il y a lieu|le cas echeant|si vous en avez .*|facultati(?:f|ve)"
    r"|if (?:any|applicable|you have .*)|optional)$"
)
_WHICH = re.compile(
    r"^(?:autre|second|other|personal|work) (?=(?:adresse )?(?:e ?)?mail|courriel)"
    r"|(?:(?<=mail)|(?<=courriel)|(?<=electronique))"
    r" (?:perso|pro|(?:person|profession)nel(?:le)?|principale?|secondaire)$"
)
_NAME_OF = re.compile(r"(?:nom|name) (?:de la|de l|de votre|du|of the|of your|of) (?=\w)")  # an organisation
_OR = re.compile(r"[/,]| (?:ou|or) ")
# Nextcloud Forms puts its own names in a row below the headings.
_OF_A_PROGRAM = re.compile(r"question-id-[\d-]+|submission_id|user_id|user_display_name|timestamp")


def heading_of(cell: str) -> str:
    """Return what a column with this heading holds, or ""."""
    bare = re.sub(r"\([^()]*\)", " ", cell)
    words = _WHICH.sub("", _OF_WHOM.sub("", ASKED.sub("", _IF_ANY.sub("", plain(bare)))))
    known = _HELD_BY.get(words) or _HELD_BY.get(re.sub(r"\bs\b ?|\d+", "", words).strip(), "")
    if known or len(words) > _LONGEST_HEADING:
        return known
    if _HELD_BY.get(_NAME_OF.sub("", words)) == ORGANISATION:
        return ORGANISATION
    parts = _OR.split(bare)
    either = {heading_of(part) for part in parts} if len(parts) > 1 else {""}
    if either == {NAME, FAMILY}:  # in two languages: "Nom / Last name"
        return FAMILY
    return AFFILIATION if either == {ROLE, ORGANISATION} else either.pop() if len(either) == 1 else ""


def headings_in(cells: Sequence[str]) -> bool:
    """Whether a row is one of headings: a name or address among them, and half of its cells known."""
    known = [held for cell in cells if cell.strip() and (held := heading_of(cell))]
    filled = sum(bool(cell.strip()) for cell in cells)
    return len(known) > 1 and 2 * len(known) >= filled and not {NAME, FAMILY, EMAIL}.isdisjoint(known)


def is_for_a_program(cells: Sequence[str]) -> bool:
    """Whether a row below the headings was written for the program that made the table."""
    return any(cells) and all(map(_OF_A_PROGRAM.fullmatch, filter(None, cells)))
