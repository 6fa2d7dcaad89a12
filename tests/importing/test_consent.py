"""Nobody is shown, or written to, against what they said: a doubtful question or answer is no yes, a plain one is."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.importing import files
from tests.importing.test_formats import held, read, told
from tribune.importing.consent import NEWS, PUBLISHED, agreed, all_agreed, asks, may_ask
from tribune.importing.entries import Entry

TO_BE_SHOWN = """Acceptez-vous que votre nom soit affiché ?
Acceptez-vous que votre nom et votre fonction soient affichés dans la liste des signataires ?
Acceptez-vous que vos nom, prénom et qualité soient rendus publics ? (oui/non)
Autorisez-vous la publication de votre nom sur le site ?
Autorisez-vous l'affichage public de votre signature ?
Êtes-vous d’accord pour que votre nom apparaisse publiquement ?
Souhaitez-vous que votre nom soit visible ou non ?
Souhaitez-vous apparaître dans la liste publique des signataires ?
Souhaitez-vous que votre prénom et votre nom figurent parmi les signataires ?
Votre nom peut-il être rendu public ?
Peut-on publier votre nom ?
Est-ce que votre signature peut être rendue publique ?
Votre signature peut-elle être publique ?
Apparaître dans la liste des signataires
Affichage de votre nom
Affichage du nom
Publier ma signature
Signature publique
J'accepte que mon nom apparaisse
J’accepte que mon nom soit publié au bas de la lettre *
En cochant cette case, j'autorise la publication de mon nom, de ma fonction et de mon organisation.
I agree that my name is displayed in the list of signatories
I agree to my name being published
May we publish your name?
Do you give us permission to publish your name?
Make my signature public
Can we show your name publicly? (yes/no)
Do you agree to your first and last name being shown on this page?
Would you like to be listed among the signatories?
Are you happy for your name and organisation to appear on the website?
Show my name publicly
Display my signature""".splitlines()
TO_RECEIVE_NEWS = """Je souhaite recevoir la newsletter
Souhaitez-vous recevoir notre lettre d'information ?
Souhaitez-vous recevoir des informations sur la campagne par courriel ?
Souhaitez-vous être tenu·e informé·e ?
Souhaitez-vous être tenu(e) informé(e) des suites de cette tribune ?
Voulez-vous rester informé·e de nos actions ?
Voulez-vous être tenu au courant par e-mail ?
Acceptez-vous de recevoir des nouvelles du collectif ?
Recevoir les actualités de l’association
S'abonner à l'infolettre
Inscription à la liste de diffusion
Tenez-moi informé·e
J'accepte de recevoir vos courriels
Keep me informed
Send me updates
Can we keep you informed?
Keep me updated about this campaign
Would you like to receive updates by email?
Do you want to receive our newsletter?
Sign up for the newsletter
Join our mailing list
I would like to receive news about this petition""".splitlines()
OF_ANYTHING_ELSE = """Travaillez-vous dans le service public ?
Êtes-vous enseignant·e dans l'école publique ?
Travaillez-vous à l'hôpital public ?
Êtes-vous une figure publique ?
Êtes-vous signataire d'une tribune publique ?
Avez-vous publié sous un autre nom ?
Acceptez-vous que votre témoignage soit publié ?
Acceptez-vous que votre adresse mail soit publiée ?
Acceptez-vous la publication de cette tribune ?
Le nom de votre organisation peut-il être affiché ?
Acceptez-vous que le nom de votre structure soit publié ?
Souhaitez-vous que votre fonction apparaisse à côté de votre nom ?
Acceptez-vous que votre prénom soit affiché ?
Votre nom apparaît-il déjà dans une tribune publiée ?
Votre nom est-il public ?
Signer anonymement (votre nom ne sera pas affiché)
Ne pas publier mon nom
Ne publiez que mon prénom et l'initiale de mon nom
Je refuse que mon nom soit publié
Je m’oppose à la publication de mon nom
Masquer mon nom dans la liste publique
Retirer mon nom de la liste affichée
Publier mes initiales seulement
Afficher mon nom sauf sur internet
Souhaitez-vous que votre nom soit public ou privé ?
Hide my name (not shown publicly)
Do Not Publish My Name
Don't show my name
Keep my name off the public list
Publish my name as anonymous
Show only my initials
I object to my name being published
Is your name public?
Can we publish your organisation's name?
May we publish your first name?
Je ne souhaite pas recevoir d'actualités
Do not keep me updated
Souhaitez-vous recevoir une copie de vos réponses ?
Souhaitez-vous recevoir un mail de confirmation ?
Souhaitez-vous recevoir la tribune par courriel ?
Recevez-vous déjà notre infolettre ?
Souhaitez-vous figurer sur la liste de diffusion ?
Êtes-vous abonné à notre newsletter ?
Are you on our mailing list?
Do you receive our newsletter?
Where do you get your news?
Unsubscribe me from the newsletter
No newsletter
Acceptez-vous de recevoir des informations de nos partenaires ?
J’accepte que mon nom soit publié et de recevoir la newsletter""".splitlines()


@pytest.mark.parametrize("heading", TO_BE_SHOWN)
def test_a_plain_question_about_being_shown_is_known(heading: str) -> None:
    assert asks(heading) == PUBLISHED


@pytest.mark.parametrize("heading", TO_RECEIVE_NEWS)
def test_a_plain_question_about_news_is_known(heading: str) -> None:
    assert asks(heading) == NEWS


@pytest.mark.parametrize("heading", OF_ANYTHING_ELSE)
def test_any_other_question_agrees_to_nothing(heading: str) -> None:
    assert asks(heading) == ""


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Oui", True), ("Oui !", True), ("TRUE", True), ("1", True), ("✓", True), ("Accepté", True), ("D’accord", True),
        ("J’accepte que mon nom soit publié", True), ("Oui, j'accepte", True), ("Oui, publiez mon nom", True),
        ("J'accepte que mon nom et ma fonction soient affichés dans la liste des signataires", True),
        ("Je souhaite que mon nom soit visible", True), ("Oui, je suis d'accord", True), ("Oui, merci", True),
        ("Oui, avec plaisir", True), ("Bien sûr", True), ("Je donne mon accord", True),
        ("I agree", True), ("Yes, please", True), ("Yes, you may publish my name", True),
        ("I agree that my full name is displayed publicly", True), ("I would like to be listed", True),
        ("Ja", True), ("Sí", True), ("Nein", False), ("Nee", False),
        ("non", False), ("", False), ("0", False), ("—", False),
        ("Non, je préfère rester anonyme", False), ("Non merci", False), ("No, thanks", False),
        ("Je souhaite rester anonyme", False), ("Je souhaite signer anonymement", False),
        ("Je souhaite l’anonymat", False), ("I would like to remain anonymous", False), ("Oui mais anonyme", False),
        ("Oui, mais pas mon nom", None), ("peut-être", None), ("J'accepte, sauf mon nom", None),
        ("Je n'accepte pas", None), ("Je ne souhaite pas rester anonyme", None), ("Oui et non", None),
        ("J'accepte que mes initiales soient publiées", None), ("J'accepte uniquement d'être compté", None),
        ("J'accepte que mon prénom soit publié", None), ("J'accepte que ma fonction soit affichée", None),
        ("J’accepte que le nom de mon organisation soit affiché", None), ("Oui, sans mon nom", None),
        ("J'accepte que mon nom soit caché", None), ("Oui, si la presse n’en parle pas", None),
        ("J'accepte que mon nom ne soit visible que des organisateurs", None), ("Oui, dans la presse", None),
        ("J'accepte de recevoir la newsletter", None), ("I agree to my initials being shown", None),
        ("I would like my name to be hidden", None), ("Yes, but only my initials", None), ("I do not agree", None),
        ("Yes, without my name", None), ("I agree to keep my name private", None), ("votre nom", None),
    ],
)  # fmt: skip
def test_only_a_yes_is_a_yes(cell: str, said: bool | None) -> None:
    assert agreed(cell, PUBLISHED) is said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Je souhaite recevoir la newsletter", True), ("Oui, tenez-moi informée", True),
        ("Oui, à part la newsletter", None), ("I want updates", True),
        ("Oui, je veux être tenue informée des suites", True), ("Yes, keep me posted", True), ("Oui", True),
        ("J'accepte que mon nom soit publié", None), ("Je souhaite ne rien recevoir", None), ("Non", False),
        ("I would like to unsubscribe from the newsletter", None), ("Je souhaite me désinscrire", None),
    ],
)  # fmt: skip
def test_only_a_yes_to_news_is_one(cell: str, said: bool | None) -> None:
    assert agreed(cell, NEWS) is said


def test_who_was_asked_twice_agrees_if_they_said_so_each_time() -> None:
    assert all_agreed(["oui", "Yes"], PUBLISHED) is True
    assert all_agreed(["oui", "peut-être", "non"], PUBLISHED) is all_agreed(["oui", ""], PUBLISHED) is False
    assert all_agreed(["oui", "peut-être"], PUBLISHED) is None and all_agreed([], PUBLISHED) is False


HEADINGS = "Prénom,Nom,Courriel"
PEOPLE = ("Zoé,Évrard,zoe@example.org", "Ana,Ba,ana@example.org")
ASKED = {  # questions, what Zoé and Ana answered; what they are taken for, and what becomes of the two
    "answers": (
        ("Affichage de votre nom", "J'accepte que mon nom soit publié", "Je souhaite rester anonyme"),
        ("published", "shown, no news", "not shown, no news"),
    ),
    "the contrary": (
        ("Signer anonymement (votre nom ne sera pas affiché),Je ne souhaite pas d'actualités", "Oui,Oui", "Non,Non"),
        ("left out,left out", "not shown, no news", "not shown, no news"),
    ),
    "the public sector": (
        ("Travaillez-vous dans le service public ?,Acceptez-vous que votre nom soit affiché ?", "Oui,Non", "Non,Oui"),
        ("left out,published", "not shown, no news", "shown, no news"),
    ),
    "a copy": (
        ("Souhaitez-vous recevoir une copie de vos réponses ?", "Oui", "Oui"),
        ("left out", "not shown, no news", "not shown, no news"),
    ),
    "asked twice": (
        ("Peut-on publier votre nom ?,Acceptez-vous que votre nom soit affiché ?", "Oui,Non", "Oui,Oui"),
        ("published,published", "not shown, no news", "shown, no news"),
    ),
    "a name to be shown": (
        ("display_name,is_public", "Zoé É.,1", "Ana B.,0"),
        ("left out,published", "shown, no news", "not shown, no news"),
    ),
    "asked twice for news": (
        ("newsletter,Souhaitez-vous être tenu·e informé·e ?", "1,", "1,1"),
        ("news,news", "not shown, no news", "not shown, news"),
    ),
}


@ON_SQLITE
@pytest.mark.parametrize("what", ASKED)
def test_nobody_is_shown_or_written_to_against_what_they_said(app: Flask, tmp_path: Path, what: str) -> None:
    (questions, *answers), understood = ASKED[what]
    rows = [f"{who},{said}" for who, said in zip(PEOPLE, answers, strict=True)]
    path = files.written(tmp_path, "\n".join((f"{HEADINGS},{questions}", *rows)))
    becomes = (told(one).partition(" - ")[2] for one in read(path))
    assert (held(path).removeprefix("given,family,email,"), *becomes) == understood


SERVICE = '"Rues";;;;\n"Détails de la soumission";;;;'
BOXES = {  # questions of Framaforms in the row above, what stands beside their boxes: what the columns are taken for
    ("Acceptez-vous que votre nom soit publié ?", "Oui"): "published",
    ("Consentement", "J'accepte que mon nom soit publié"): "published",
    ("Souhaitez-vous recevoir la newsletter ?", "Oui, avec plaisir"): "news",
    ("Acceptez-vous que votre nom soit publié ?;", "Oui;Non"): "left out,left out",  # somebody may tick both
    ("Acceptez-vous que votre nom soit publié ?;", "Yes;No"): "left out,left out",
    ("Acceptez-vous que votre nom soit publié ?;", "Oui;Mais seulement mes initiales"): "left out,left out",
    ("Acceptez-vous que votre nom soit publié ?;", "Oui;Ville"): "published,left out",
    ("Acceptez-vous que votre nom soit publié ?;", "Ville;Oui"): "left out,left out",
    ("Souhaitez-vous signer anonymement ?", "Oui"): "left out",
    ("Acceptez-vous que votre nom soit publié ?", "Oui, mais pas mon prénom"): "left out",
}


@pytest.mark.parametrize(("asked", "taken"), BOXES.items(), ids=lambda each: each if isinstance(each, str) else each[1])
def test_a_box_of_its_own_column_answers_the_question_above_it(
    tmp_path: Path, asked: tuple[str, str], taken: str
) -> None:
    question, boxes = asked
    row = "Zoé;Évrard;zoe@example.org;2023-11-24 13:12:05;0;X" + ";" * boxes.count(";")
    names = f"Prénom;Nom;Courriel;Heure de soumission;Brouillon;{boxes}"
    path = files.written(tmp_path, f"{SERVICE};\n;;;;;{question}\n{names}\n{row}\n")
    assert held(path) == f"given,family,email,date,left out,{taken}"


@ON_SQLITE
def test_who_confirmed_one_of_two_is_not_answered_for(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, f"{HEADINGS},confirmed,is_verified\n{PEOPLE[0]},1,0\n{PEOPLE[1]},1,yes\n")
    first, second = read(path)
    assert told(first) == "2 Zoé Évrard: unconfirmed_there" and isinstance(second, Entry)


def test_what_sounds_like_a_question_of_consent_is_for_somebody_to_decide() -> None:
    assert may_ask("Signer anonymement") and may_ask("Votre nom sera publié dans Le Monde, d'accord ?")
    assert not may_ask("Dans quelle ville habitez-vous ?")


OF_NEIGHBOURS = """Ich bin einverstanden, dass mein Name veröffentlicht wird
Darf Ihr Name öffentlich erscheinen?
Mag uw naam openbaar worden getoond?
Wilt u onze nieuwsbrief ontvangen?
¿Acepta que se publique su nombre?
Quiero recibir noticias de la campaña
Acconsento alla pubblicazione del mio nome
Il mio nome può comparire nella lista""".splitlines()


@pytest.mark.parametrize("heading", OF_NEIGHBOURS)
def test_what_may_be_one_in_the_language_of_a_neighbour_is_too(heading: str) -> None:
    assert may_ask(heading) and not asks(heading)
