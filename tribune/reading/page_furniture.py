"""Recognises what surrounds a letter on a page: heading of the list, outlet, buttons, comment form."""

import re

from tribune.names import plain

_LONGEST_HEADING = 120  # characters
_SIGNATORIES = re.compile(
    r"(?:co ?)?signataires?|signatories|signatory|signatures|signers|undersigned|soussigne(?:e?s)?|signed by|signed"
    r"|(?:co ?)?signee? par|ont signe|have signed"
)
# The words a heading may hold beside "signatories"; any other makes it a sentence: "Les signataires demandent :".
# The last line is what "Premier·e·s" and "Premiers·ères" leave behind their middle dots.
_HEADING_WORDS = frozenset(
    """
le la les l un une des de du d nos ses leurs ils elles the a of by our all is are sont est premier premiers premiere
premieres first initial principaux autres other others liste list complete full tribune lettre ouverte appel texte
petition manifeste collectif this cette cet ce open letter call text statement declaration et and co par names noms
in order ordre alphabetique alphabetical a date to au as janvier fevrier mars avril mai juin juillet aout septembre
octobre novembre decembre january february march april may june july august september october november december
individuel individuels individuelles individual collectifs collectives organisation organisations association
associations structures personnalites personnes representant representants representantes elu elus elues tous toutes
original
e s es ere eres
""".split()
)
_FIRST_PERSON = frozenset("nous je notre nos we i our".split())

_IN_BRACKETS = re.compile(r" ?\([^()]*\)")  # "Signataires (à titre personnel) :", "Premier(e)s signataires"
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_OUTLET = re.compile(
    r"(?:(?:cette |la )?(?:tribune|lettre|appel|texte) (?:a été |est )?|à )?(?:lire|retrouver|publiée?|parue?)"
    r"(?: (?:la|cette|l['’]) ?(?:tribune|article|lettre|suite))?"
    r" (?:sur|dans|par)(?: le site (?:de |du )?)? (?P<outlet>[^:.]+?)(?: le \d[^:]*)?\s*(?::.*|\.)?"
    r"|(?:(?:originally |first )?published|read)(?: (?:it|this|the letter|more))? (?:on|in|at|by)"
    r" (?P<outlet_en>[^:.]+?)(?: on \d[^:]*)?\s*(?::.*|\.)?",
    re.IGNORECASE,
)
_RUBRIC = re.compile(
    r"(?:tribune|opinion|point de vue|libre propos|carte blanche)(?:\s*[.:|–—]| -)\s+(?=\S)", re.IGNORECASE
)
# In the middle of a text these are its own: a subheading, the first words of a sentence.
_ABOVE_THE_TEXT = re.compile(
    r"tribunes?(?: collective)?|opinions?|points? de vue|libre propos|carte blanche|collectif|debats?|idees|contribuer"
    r"|lettre ouverte|open letter"
    r"|(?:par un|by a) (?:collectif|groupe|collective|group)\b.*"
)
_HEAD_OF_A_MAIL = re.compile(
    r"(?:de|à|cc|from|to)\s*:.*@.*|(?:objet|subject)\s*: ?(?:re|tr|fwd?)\s*:.*|(?:date|envoyé|sent)\s*:.*\b\d{4}\b.*",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:partager|share|tweet|tweeter|imprimer|print|s abonner|subscribe|lire la suite|read more"
    r"|ajouter a (?:vos|mes) (?:selections|favoris)|lire plus tard|reutiliser ce contenu|newsletters?"
    r"|(?:signer|signez|sign)(?: (?:l|la|cette|cet|the|this) (?:appel|petition|tribune|lettre|letter))?"
    r"|sign now|partager sur \w+|share (?:this|on \w+)|envoyer par e ?mail"
    r"|facebook|twitter|linkedin|whatsapp)",
)
_NOTE = re.compile(
    r"(?:pour |to )?(?:signer|signez|sign)\b.*https?://\S+|(?:à )?lire (?:aussi|également)(?:\s*[:|].*)?"
    r"|read also(?:\s*[:|].*)?|(?:publiée?|mise? à jour|published|updated) (?:(?:le|on) \d|aujourd['’]hui|hier)"
    r"(?:[^,.!?]|\.(?=\d)|, (?:\d|modifi|mis|updated))*(?: min\.)?"  # but not a sentence that begins with a day
    r"|(?:accueil|home) [›>»/].*|billet de blog \d.*|(?:blog : )?le blog de [^.!?]*|ce blog est personnel\b.*"
    r"|temps de lecture[ :]*\d.*|(?:article )?réservé aux abonnés|offrir l['’]article|contacts? presse\b.*"
    r"|press contacts?\b.*|mentions légales|legal notice|©.*"
    r"|recommander \(\d+\)|(?:partager|share this)\s*:|page \d+(?:(?: sur | of | ?/ ?)\d+)?",
    re.IGNORECASE,
)
_AT_AN_HOUR = re.compile(r"(?:publiée? )?(?:le )?\d{1,2}(?:er)? \w{3,9} \d{4} (?:à |- )?\d{1,2} ?[h:] ?\d{2}")
_END_OF_PAGE = re.compile(
    r"(?:laisser un commentaire|laissez un commentaire|leave a (?:comment|reply)"
    r"|(?:\d+ )?(?:commentaires?|comments?)(?: \d+)?"
    r"|votre adresse e ?mail ne sera pas publiee.*|your email address will not be published.*|ajouter un commentaire"
    r"|add a comment|articles? (?:similaires?|lies)|related (?:posts|articles)|annuler la reponse|cancel reply)",
)


def announces_signatories(line: str) -> bool:
    """Whether the line only announces the list: "Les 44 premiers signataires :", "## Signed by"."""
    words = _without_counts(_IN_BRACKETS.sub("", line))
    found = _SIGNATORIES.search(words)
    if len(line) > _LONGEST_HEADING or not found or not _only_heading_words(words[found.end() :]):
        return False
    before = words[: found.start()]
    if line.rstrip().rstrip("*_").rstrip().endswith((":", "：")):
        # With a colon, anything may lead to the word, except the authors speaking: "Nous, signataires :".
        return _FIRST_PERSON.isdisjoint(before.split()) or _only_heading_words(before)
    return _only_heading_words(before) and found[0] not in ("signed", "undersigned")


def signatories_after_colon(line: str) -> str:
    """Return the list that follows its heading on the same line ("Signataires : A, B ; C, D"), or ""."""
    heading, colon, rest = line.partition(":")
    return rest.strip(" *_") if colon and rest.strip(" *_") and announces_signatories(f"{heading}:") else ""


def outlet_named(line: str) -> str:
    """Return the newspaper or site that a line refers to ("Lire sur Mediapart:"), or ""."""
    words = " ".join(_LINK.sub(r"\1", line).split()) if len(line) <= 2 * _LONGEST_HEADING else ""
    found = _OUTLET.fullmatch(words) if len(words) <= _LONGEST_HEADING else None
    outlet = (found["outlet"] or found["outlet_en"]).strip(" *_[]") if found else ""
    return outlet if len(outlet.split()) <= 5 else ""


def stands_above_the_text(line: str) -> bool:
    """Whether it is a rubric, says that many wrote the letter, or heads a mail: "Débats", "Par un collectif"."""
    if len(line) > _LONGEST_HEADING:
        return False
    is_cut = line[0].islower() and not line.startswith("par Un ")  # perhaps the rest of a sentence
    may_be_rubric = line[-1].isalnum() and "," not in line and not is_cut
    is_rubric = may_be_rubric and _ABOVE_THE_TEXT.fullmatch(plain(line)) is not None
    return is_rubric or _HEAD_OF_A_MAIL.fullmatch(line) is not None


def is_button(line: str) -> bool:
    """Whether the line is only a button or a link of the site."""
    # With punctuation it is the authors' sentence: "Signez !".
    return len(line) <= _LONGEST_HEADING and line[-1:].isalnum() and _BUTTON.fullmatch(plain(line)) is not None


def is_note(line: str) -> bool:
    """Whether the line is a note of the site: date, contact, where to sign, what else to read."""
    # With a small letter it may be the rest of a cut sentence, but for an hour.
    may_be_one = len(line) <= _LONGEST_HEADING and not line[0].islower()
    return (may_be_one and _NOTE.fullmatch(line) is not None) or _AT_AN_HOUR.fullmatch(line) is not None


def ends_the_page(line: str) -> bool:
    """Whether comments, or what a site puts under its articles, begin here."""
    return len(line) <= 3 * _LONGEST_HEADING and _END_OF_PAGE.fullmatch(plain(line)) is not None


def _without_counts(line: str) -> str:
    return " ".join(word for word in plain(line[: 2 * _LONGEST_HEADING]).split() if not word.isdigit())


def _only_heading_words(words: str) -> bool:
    return all(word in _HEADING_WORDS for word in words.split())


def rubric_of(title: str) -> str:
    """Return the rubric that newspapers print before a title ("TRIBUNE. " of "TRIBUNE. Sauvons le port"), or ""."""
    found = _RUBRIC.match(title)
    return found[0] if found else ""
