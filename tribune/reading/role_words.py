"""The French and English words that tell a role from an organisation, written as `plain` writes them."""

import re

from tribune.names import plain

# Roles held in an organisation, never in a subject: what follows "founder of" is always the organisation.
MEMBERSHIPS = frozenset(
    """
fondateur fondatrice founder createur creatrice creator president presidente chair chairman chairwoman chairperson
ceo pdg membre member benevole volunteer adherent adherente administrateur administratrice trustee associe associee
gerant gerante partner salarie salariee employe employee owner proprietaire tresorier tresoriere treasurer
porteparole spokesperson spokesman spokeswoman maire mayor elu elue societaire
""".split()
)

# Roles that take a subject: "professor of law", "chargée de mission", "ministre de la culture".
SUBJECTS = frozenset(
    """
charge chargee professeur professeure professor prof lecturer reader docteur docteure doctor maitre maitresse
etudiant etudiante student doctorant doctorante postdoc enseignant enseignante teacher expert experte specialiste
specialist ministre minister prix laureat laureate winner auteur auteure autrice author writer ecrivain ecrivaine
historien historienne historian scholar philosopher philosophe agrege agregee titulaire master consultant
consultante
""".split()
)

OTHER_ROLES = frozenset(
    """
directeur directrice director responsable manager head chef cheffe chief officer coordinateur coordinatrice
coordonnateur coordonnatrice coordinator secretaire secretary conseiller conseillere adviser advisor lead leader
delegue deleguee delegate representant representante representative depute deputee eurodepute eurodeputee senateur
senatrice senator mp mep candidat candidate adjoint adjointe avocat avocate lawyer barrister solicitor medecin
physician nurse infirmier infirmiere juge judge magistrat magistrate notaire poete poet architecte architect artiste
artist peintre painter cineaste filmmaker paysan paysanne farmer ouvrier ouvriere worker retraite retraitee citoyen
citoyenne citizen stagiaire intern volontaire cadre fonctionnaire diplomate artisan artisane commercant commercante
apprenti apprentie libraire bibliothecaire librarian attache attachee assistant assistante intervenant intervenante
dirigeant dirigeante militant militante romancier romanciere engineer developer designer editor researcher producer
actor actress comedien comedienne campaigner organiser organizer reporter broadcaster publisher programmer
photographer composer singer scientist politician analyst cto cfo coo cio ciso cmo cso vp dpo dg drh fellow
entrepreneur blogger translator curator mediator facilitator trainer coach speaker investor strategist hacker maker
parent archbishop bishop eveque rabbi rabbin imam pastor pasteur priest pretre chancellor dean doyen doyenne provost
rector recteur rectrice principal warden governor commissioner ambassador ambassadeur ambassadrice archivist
journalist activist advocate navigateur navigatrice prefet prefete colonel admiral amiral medaille supervisor vicar
capitaine captain pilote resident policier policiere
""".split()
)

ROLES = MEMBERSHIPS | SUBJECTS | OTHER_ROLES

# Words said with a role that are not a role by themselves, and that titles often write with a capital.
MODIFIERS = frozenset(
    """
general generale national nationale regional regionale departemental departementale international internationale
europeen europeenne european executif executive deputy associate senior junior first premier premiere vice former
ancien ancienne emeritus emerita emerite honoraire honorary retired actuel actuelle current interim acting
scientifique artistique technique editorial editoriale digital digitale managing founding technical artistic
scientific global visiting distinguished independent independant independante freelance grand grande haut haute
jeune dr public publique political politique social sociale numerique
""".split()
)

# What people direct, are in charge of or have won: part of the role, even with a capital.
FIELDS = frozenset(
    """
mission missions projet projets project projects recherche recherches research communication communications
marketing strategie strategy policy programme programmes program programs operations finance finances financement rh
hr it si rd technologie technology production developpement development partenariat partenariats partnership
partnerships contenu contenus content cabinet service services etat state staff plaidoyer advocacy campaign
campaigns campagne campagnes sales ventes commercial produit produits product engineering data ressources resources
humaines human affaires affairs relations press presse juridique legal law audit rse csr etudes studies conferences
redaction publication publications fundraising membership outreach sciences nobel goncourt renaudot medicis femina
pulitzer
""".split()
)

INSTITUTIONS = frozenset(
    """
universite university institut institute institution ecole school college lycee faculte faculty department
departement centre center laboratoire laboratory association associations fondation foundation federation
confederation ligue league union syndicat collectif collective comite committee conseil council commission agence
agency ministere ministry mairie ville commune city region metropole academie academy societe society company
compagnie entreprise groupe group groupement cooperative mouvement movement parti party parlement parliament
assemblee senat chambre court cour tribunal barreau hopital hospital chu clinique clinic musee museum theatre
theater opera orchestre orchestra bibliotheque library librairie eglise church diocese mosquee paroisse reseau
network club cercle maison atelier studio editions journal magazine revue radio observatoire observatory
organisation organization ong ngo trust bank banque office bureau label pole incubateur forum alliance coalition
consortium coordination mutuelle startup etablissement prefecture ambassade embassy ltd inc llc sarl gmbh scop secours
""".split()
)

# In the plural, what a list may put its people under without saying what they do.
GROUPS = frozenset(
    """
personnalites intellectuels intellectuelles universitaires scientifiques soignants soignantes parlementaires sportifs
sportives politiques organisations associations collectifs syndicats partis mouvements entreprises institutions
particuliers individus locaux locales nationaux nationales internationales academics individuals organizations
charities unions parties companies
""".split()
)

# Those that sign most often and whose names would read as somebody's: "Oxfam France"; in capitals, "SUD Éducation".
_INSTITUTIONS = INSTITUTIONS | frozenset("amnesty anticor attac cimade emmaus greenpeace oxfam unicef".split())
_ACRONYMS = frozenset(
    """
acat anv apf atd ccfd cfdt cfe cftc cgt cnt dal fcpe fidl fnec fnh fo fsu lpo ldh licra mrap msf peep snes snesup
snuipp sos sud unapei unef unl unsa usp wwf
""".split()
)

_AGENT = re.compile(
    r"\w{2,}(?:eur|eure|euse|trice|ien|ienne|iste|yste|logue|graphe|nome|ist|ician|rian|ologer|grapher)s?"
)
_NOT_AGENTS = frozenset(
    "bonheur coeur fleur couleur valeur honneur secteur moteur interieur exterieur chaleur faveur".split()
)
_PREFIX = re.compile("co|ex|vice|sous|non|euro|multi")
_DOMAIN = re.compile(r"[\w-]+\.([a-z]{2,})\W*")
_INCLUSIVE_ENDINGS = frozenset("e es ne nes se ses rice rices trice trices euse euses ere eres".split())


def is_domain(word: str) -> bool:
    """Whether the word is the address of a site ("Share.coop"), not inclusive writing ("directeur.trice")."""
    found = _DOMAIN.fullmatch(word.split("/", maxsplit=1)[0].lower())
    return found is not None and found[1] not in _INCLUSIVE_ENDINGS


def _forms(word: str) -> set[str]:
    """The word, its parts around a hyphen or a dot, without "co-" or "vice-", in the singular."""
    parts = plain(word).split()
    forms = {"".join(parts), *parts}
    forms |= {_PREFIX.sub("", form, count=1) for form in forms}
    return forms | {form[:-1] for form in forms if len(form) > 3 and form.endswith("s")}


def is_membership(word: str) -> bool:
    """Whether the role is held in an organisation, and never about a subject."""
    return not _forms(word).isdisjoint(MEMBERSHIPS)


def takes_a_subject(word: str) -> bool:
    """Whether "of" after this role usually introduces a subject."""
    return not _forms(word).isdisjoint(SUBJECTS)


def is_known_role(word: str) -> bool:
    """Whether the word is listed here as a role; safe to ask about a word that may be a name."""
    return not is_domain(word) and not _forms(word).isdisjoint(ROLES)


def is_role(word: str) -> bool:
    """Whether the word is listed as a role or ends as one; not for names: "Lucien" ends as "musicien" does."""
    ends_as_one = plain(word) not in _NOT_AGENTS and _AGENT.fullmatch(plain(word)) is not None
    return is_known_role(word) or (ends_as_one and not is_domain(word))


def is_plural_role(word: str) -> bool:
    """Whether several people hold the role: "fondateurs", "co-directors"."""
    return plain(word).endswith("s") and is_role(word)


def names_groups(line: str) -> bool:
    """Whether the line only says what people are, as a heading does: "Élues et élus"; "Les Écologistes" is a name."""
    words = [word for word in line.split() if plain(word) not in ("", "et", "and")]
    return bool(words) and all(plain(word) in GROUPS or is_plural_role(word) for word in words)


def is_modifier(word: str) -> bool:
    """Whether the word only qualifies a role."""
    return not _forms(word).isdisjoint(MODIFIERS)


def is_field(word: str) -> bool:
    """Whether the word is something a role is about."""
    return "".join(plain(word).split()) in FIELDS


def is_institution(word: str) -> bool:
    """Whether the word is the kind of an organisation ("university", "collectif"), or one that all know ("Attac")."""
    known = "".join(plain(word).split())
    acronyms = {plain(part) for part in word.split("-") if part.isupper()}  # "FSU" of "SNUipp-FSU"
    return known in _INSTITUTIONS or not acronyms.isdisjoint(_ACRONYMS)


def opens_an_organisation(word: str) -> bool:
    """Whether names of organisations begin with this word: "Médecins", "Amis"; elsewhere it may be a family name."""
    return plain(word) in ("amis", "amies", "friends") or is_plural_role(word)
