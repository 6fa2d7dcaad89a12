"""What a form asked people to agree to, and whether they answered yes, no, or something unclear.

Endless words can reverse a yes ("anonymous", "my initials", "except", "hide"). So a sentence agrees to something only
if every one of its words is known here; about any other the organiser is asked.
"""

import re
from collections.abc import Iterable

from tribune.names import plain

PUBLISHED, NEWS, CONFIRMED = "published", "news", "confirmed"

_YES = frozenset("oui yes y o ja si true vrai 1 x ok on accepte accepted agree agreed".split()) | {"d accord"}
_TICKS = ("✓", "✔", "☑")
_NO = frozenset("non no n false faux 0 off nein nee none null".split()) | {""}
_REFUSES = re.compile(r"(?:non|no (?:i|thanks?))\b|(?!.*\b(?:ne|n|pas|not|don t)\b).*\banonym")
_GRANTS = re.compile(
    r"(?:oui|yes|ok|d accord|bien sur|volontiers|j accepte|j autorise"
    r"|je (?:consens|souhaite|veux|voudrais|suis d accord|donne mon accord)"
    r"|i (?:agree|accept|consent|want|wish|would like|authori[sz]e|allow|give (?:my |you )?permission))\b"
)

# The words that such a sentence may consist of.
_WILL = frozenset(
    "accepte acceptez accepter autorise autorisez autoriser consens consentez consentir consentement accord"
    " souhaite souhaitez souhaiteriez veux voulez voudrais voudriez permettez agree accept consent authorise"
    " authorize allow permission want wish like happy".split()
)
_IS = frozenset("est suis etes is are".split())  # asks for a fact, unless a word of _WILL makes it a wish
_ANY = frozenset(
    "oui ok j je me m moi mon ma mes nous vous votre vos notre nos on il elle ils que qu a de d du des le la les l"
    " un une en et pour dans sur ce cet cette donne peut peux peuvent puis pouvons pouvez etre soit soient bien"
    " volontiers avec plaisir merci case cochant facultatif optionnel obligatoire e es s"
    " yes i me my we us our you your to that be being the an of in on for and as this would may can could give"
    " please thanks thank box ticking checking optional required".split()
)
_OF = {
    PUBLISHED: frozenset(
        "publie publiee publies publiees publier publiez publication public publique publics publiques publiquement"
        " affiche affichee affiches affichees afficher affichez affichage apparaisse apparaissent apparaitre"
        " apparition figure figurent figurer visible visibles rendre rendu rendue rendus mention mentionne"
        " mentionnee cite citee nom noms signature signatures signataire signataires identite complet comme parmi"
        " liste au bas site page web internet ligne tribune lettre ouverte petition appel texte"
        " publish published publishing publicly show shown showing display displayed displaying appear appears"
        " appearing made make include add list listed name names full signatory signatories among website online"
        " letter open statement".split()
    ),
    NEWS: frozenset(
        "recevoir newsletter newsletters infolettre infolettres information informations actualite actualites"
        " nouvelle nouvelles informe informee informes informees informez tenir tenez tenu tenue tenus tenues rester"
        " au courant par mail mails email emails courriel courriels electronique electroniques abonne abonner"
        " inscrire inscription liste diffusion suite suites donnees campagne campagnes mobilisation action actions"
        " collectif association tribune lettre petition appel"
        " receive news update updates updated informed posted keep send stay get subscribe sign up join mailing list"
        " about by from campaign campaigns future letter".split()
    ),
}
# What may stand beside a name, as in "my name and my role": these words count only there.
_LINE = (
    "prenoms?|fonctions?|titres?|qualites?|profession|metier|organisation|structure|organisme|affiliation|employeur"
    "|roles?|title|job|position|occupation|organization|company|employer|institution"
)
_NAMES = re.compile(
    r"\b(?:prenoms?(?: et)?(?: de)?(?: votre| mon)? (?=noms?\b)"
    r"|first(?: name)? and (?:your |my )?(?:last|family) (?=name))?"
    rf"(noms?|names?|signature)\b(?:(?: (?:et|and)(?: de)?)?(?: (?:ma|mon|mes|votre|vos|my|your))? (?:{_LINE})\b)*"
)
_OR_NOT = re.compile(
    r"^est ce que |\bdo (?=you (?:want|wish|agree|accept|consent|allow|give)\b)| (?:oui non|ou non|yes no|or not)$"
)

# What a question must contain to be about PUBLISHED or NEWS.
_SHOWN = r"\b(?:publi|affich|appara|figur|visible|show|display|listed|appear)"
_NAME = r"(?:^|\b(?:votre|vos|mon|mes|ma|du|le|la|the|my|your) )(?:full )?(?:noms?|names?|signature|identite)\b"
_WISH = rf"\b(?:{'|'.join(sorted(_WILL))})\b"
_TO_BE_SHOWN = rf"\b(?:apparaitre|figurer|appear|(?:etre|be) (?:liste|{_SHOWN}))"
_INFORMED = (
    r"\b(?:newsletters?|infolettres?|mailing list|liste de diffusion|actualites?|nouvelles(?= d| par|$)|news|updates?"
    r"|(?:etre|ten(?:ue?s?|ir|ez moi)|rester)(?: e| es| s)? (?:informee?s?|au courant)|informez moi"
    r"|(?:keep (?:me|you)|stay) (?:informed|updated|posted))\b"
)
_RECEIVE = (
    r"\b(?:recevoir|receive|get) (?:(?:.* )?informations?"
    r"|(?:de |des |d |nos |vos |les |our |your |the )*(?:e )?(?:mails|emails?|courriels))\b"
)
_ASKS = {
    PUBLISHED: re.compile(rf"(?=.*{_SHOWN})(?=.*{_NAME})|(?:(?=.*{_WISH}).*)?{_TO_BE_SHOWN}"),
    NEWS: re.compile(rf".*(?:{_INFORMED}|{_RECEIVE})"),
}
_MAY_ASK = re.compile(
    rf"{_SHOWN}|\b(?:anonym|rendu|masqu|cach|hid|newsletter|infolettre|actualites|nouvelles|inform|recevoir|receive"
    r"|updates|contact"
    r"|veroffentlich|offentlich|angezeigt|erschein"  # German
    r"|gepubliceerd|openbaar|getoond|nieuws|mostr|aparec|noticia|boletin"  # Dutch, Spanish
    r"|pubblic|comparire|compaia|notizi)"  # Italian
)


def asks(heading: str) -> str:
    """Return PUBLISHED or NEWS if the heading asks people to agree to that; empty if it might ask anything else."""
    words = _OR_NOT.sub("", _words(heading))
    return next((about for about, core in _ASKS.items() if core.match(words) and _is_known(words, about)), "")


def may_ask(heading: str) -> bool:
    """Whether the heading may ask for that, or for the contrary; a person has to decide."""
    return bool(_MAY_ASK.search(plain(heading)))


def agreed(cell: str, about: str) -> bool | None:
    """Return what a cell answers; None if unclear, which must not count as a yes."""
    words = plain(cell)
    if words in _YES or cell.strip() in _TICKS:
        return True
    if words in _NO or _REFUSES.match(words):
        return False
    return True if _GRANTS.match(words) and _is_known(_words(cell), about) else None


def all_agreed(cells: Iterable[str], about: str) -> bool | None:
    """Return True only if every cell agrees; False if one is a no or empty; else None, if one is unclear."""
    answers = {agreed(cell, about) for cell in cells}
    return False if False in answers else None if None in answers else bool(answers)


def _words(text: str) -> str:
    """Return the folded words, with what stands beside a name (role, organisation) dropped."""
    return _NAMES.sub(r"\1", plain(text.replace(", de ", " et de ")))


def _is_known(words: str, about: str) -> bool:
    """Whether every word may stand in a sentence that agrees to `about`."""
    said = set(words.split())
    known = _ANY | _WILL | _IS | _OF.get(about, frozenset())
    return said <= known and (said.isdisjoint(_IS) or not said.isdisjoint(_WILL))
