"""The list of signatories on a page as printed is found where it is announced, and doubted where it is not."""

import pytest

from tests.reading.pages import SENTENCE
from tribune.reading.page import read_page


@pytest.mark.parametrize(
    "heading",
    [
        "Les signataires :",
        "Les 45 premiers signataires",
        "Premières signataires :",
        "SIGNATAIRES",
        "Liste des signataires (45)",
        "Liste complète des signataires de la tribune :",
        "Signataires au 3 mai 2024 :",
        "Ils et elles ont signé cette tribune :",
        "Cette lettre a été signée par :",
        "Co-signataires :",
        "Premier·es signataires",
        "Les premier·e·s signataires",
        "Premiers·ères signataires",
        "Premier.e.s signataires",
        "Premier(e)s signataires",
        "Signataires (à titre personnel)",
        "Signataires (les fonctions sont indiquées à titre d’information) :",
        "ORGANISATIONS SIGNATAIRES ET LEURS REPRÉSENTANT·ES",
        "Premières personnes signataires",
        "Tous les élu·es signataires",
        "**Signataires\u00a0:**",
        "## Signatories",
        "Signatories (in alphabetical order):",
        "First signatories (12):",
        "Signed by",
        "The following people have signed this letter:",
    ],
)
def test_the_list_is_announced_in_many_ways(heading):
    page = read_page(f"{SENTENCE}\n\n{SENTENCE}\n\n{heading}\n\nAda Lovelace\nAlan Turing")
    assert page.signatories.split() == ["Ada", "Lovelace", "Alan", "Turing"]
    assert page.left_out == [heading]


@pytest.mark.parametrize(
    "sentence",
    [
        "Les signataires demandent :",
        "Nous, signataires :",
        "We, the undersigned:",
        "The signatories call on the town to:",
        "Signez !",
    ],
)
def test_a_sentence_about_signatories_does_not_begin_the_list(sentence):
    page = read_page(f"{SENTENCE}\n\n{sentence}\n\n- a bridge\n- a quay\n\n{SENTENCE}")
    assert page.signatories == ""
    assert sentence in page.text


def test_a_menu_that_names_the_list_does_not_begin_it():
    page = read_page(f"Signataires\n\n{SENTENCE * 3}\n\nSignataires :\n\nAda Lovelace")
    assert page.signatories == "Ada Lovelace"
    assert SENTENCE.strip() in page.text


def test_nor_does_a_part_of_the_text_that_is_called_so_but_a_note_about_the_list_may_stand_below_its_heading():
    part = "Les premiers signataires\n\nIls ont relu le texte avant tous les autres.\n\nIls en sont aussi les garants."
    page = read_page(f"{SENTENCE}\n\n{part}\n\nSignataires :\n\nAda Lovelace")
    assert page.signatories == "Ada Lovelace" and "Ils en sont aussi les garants." in page.text
    note = "Ils ne signent ici que pour ce qui les concerne."
    assert read_page(f"{SENTENCE}\n\nSignataires :\n\n{note}\n\nAda Lovelace.").text == SENTENCE.strip()


def test_a_list_on_the_line_of_its_heading_is_found():
    page = read_page(f"{SENTENCE}\n\nSignataires : Ada Lovelace, autrice ; Alan Turing")
    assert page.signatories == "Ada Lovelace, autrice ; Alan Turing"
    assert page.left_out == ["Signataires :"]


def test_a_table_of_people_announces_itself() -> None:
    table = "Nom\tPrénom\tFonction\nLovelace\tAda\tautrice\nTuring\tAlan\t"
    page = read_page(f"{SENTENCE}\n\n{table}")
    assert page.signatories == table.rstrip("\t")
    assert page.text == SENTENCE.strip()


def test_a_table_that_the_text_goes_on_below_stays_in_it() -> None:
    text = f"{SENTENCE.strip()}\n\nNom\tPrénom\nLovelace\tAda\n\n{SENTENCE.strip()}"
    page = read_page(f"{text}\n\nNom\tPrénom\nTuring\tA.\n\nLaisser un commentaire\nJe signe aussi.")
    assert (page.text, page.signatories) == (text, "Nom\tPrénom\nTuring\tA.")


def test_a_table_of_anything_else_stays_in_the_text() -> None:
    assert read_page(f"{SENTENCE}\n\nAnnée\tDébit\n2024\t12\n2025\t9").signatories == ""


def test_a_second_heading_continues_the_list():
    page = read_page(f"{SENTENCE}\n\nPremiers signataires :\nAda Lovelace\n\nAutres signataires :\nAlan Turing")
    assert page.signatories.split("\n") == ["Ada Lovelace", "", "Alan Turing"]


def test_a_list_that_nothing_announces_stays_in_the_text_and_is_doubted():
    page = read_page(f"# T\n\n{SENTENCE}\n\n- Ada Lovelace\n- Alan Turing\n- Grace Hopper")
    assert page.signatories == ""
    assert [doubt.reason for doubt in page.doubts] == ["list_without_heading"]


@pytest.mark.parametrize(
    "listed",
    [
        "Ada Lovelace, autrice\nAlan Turing (NPL)\nGrace Hopper",
        "Ada Lovelace, autrice\n\nAlan Turing, mathématicien\n\nGrace Hopper, amirale de la marine",
        "Ada Lovelace, autrice ; Alan Turing ; Grace Hopper, amirale.",
        "Ada Lovelace (autrice), Alan Turing (NPL) et Grace Hopper (Yale)",
        "Ada Lovelace, autrice\nZaz, chanteuse\nCollectif des Quais\nAlan Turing (NPL)\nGrace Hopper",
        "Ada Lovelace, autrice ; Zaz, chanteuse ; Alan Turing ; Grace Hopper, amirale ; le groupe Tryo.",
        "Ada Lovelace, autrice, Alan Turing, chercheur, Zaz, chanteuse, Grace Hopper, amirale, Luc Ba, berger",
        "Ada Lovelace, autrice ; Alan\nTuring, mathématicien ; Grace\nHopper, amirale ; Luc Ba, ber-\nger",
    ],
)
def test_so_is_one_without_bullets_in_whatever_shape(listed: str) -> None:
    page = read_page(f"# T\n\n{SENTENCE}\n\n{listed}")
    assert page.text == f"{SENTENCE.strip()}\n\n{listed}"
    assert [(doubt.line, doubt.reason) for doubt in page.doubts] == [(5, "list_without_heading")]


@pytest.mark.parametrize(
    "end",
    [
        "Ada Lovelace,\nautrice",
        "Mairie de Lyon\n1, place Bellecour\n69002 Lyon",
        "Un pont\nDes quais\nAlan Turing\nDes bancs",
        SENTENCE,
    ],
)
def test_whoever_signs_off_and_an_address_are_no_list(end: str) -> None:
    assert "list_without_heading" not in [doubt.reason for doubt in read_page(f"# T\n\n{SENTENCE}\n\n{end}").doubts]


@pytest.mark.parametrize(
    "line",
    [
        "Pour signer la tribune : https://example.org/signer",
        "Sign here: https://example.org/sign",
        "Contact presse : Julie Martin, 06 12 34 56 78, presse@example.org",
        "Press contact: press@example.org",
        "Publié le 12 mars 2026 à 10h30",
        "© Le Monde",
        "À lire aussi : Le climat en danger",
        "Mentions légales",
        "Commentaires (12)",
        *("12 commentaires", "3 comments", "Comment", "Laissez un commentaire", "Leave a reply", "Leave a comment"),
        *("Ajouter un commentaire", "Add a comment", "Annuler la réponse", "Cancel reply"),
        *("Votre adresse e-mail ne sera pas publiée.", "Your email address will not be published."),
        *("Articles similaires", "Articles liés", "Related posts", "Related articles", "Lire également : Le climat"),
        *("Lire la suite", "Read more", "Read also: The climate", "Mis à jour hier", "Updated on 3 May 2024"),
        *("Partager", "Partager sur Facebook", "Share", "Share this", "Share on Facebook", "Envoyer par e-mail"),
        *("Tweet", "Tweeter", "Facebook", "Twitter", "LinkedIn", "WhatsApp", "Imprimer", "Print", "S’abonner"),
        *("Subscribe", "Signer", "Signez", "Sign", "Sign now", "Legal notice", "Contacts presse : Julie Martin"),
    ],
)
def test_what_a_site_puts_below_the_list_signs_nothing(line):
    page = read_page(f"{SENTENCE}\n\nSignataires :\n\nAda Lovelace\n\n{line}")
    assert page.signatories == "Ada Lovelace"
    assert page.left_out == ["Signataires :", line]


@pytest.mark.parametrize(
    "line",
    [
        "Publié aujourd’hui à 06h00, modifié à 09h12",
        "Temps de Lecture 3 min.",
        "Offrir l’article",
        "Article réservé aux abonnés",
    ],
)
def test_what_a_site_puts_between_title_and_text_is_no_text(line):
    page = read_page(f"# Les quais\n\n{line}\n\n{SENTENCE}")
    assert page.text == SENTENCE.strip()
    assert page.left_out == [line]


def test_authors_may_ask_to_sign_and_to_read_and_begin_with_a_day():
    sentences = ["Lire aussi, c’est résister.", "Signer engage.", "On veut\nlire aussi\nce qui fut\npublié le 3 mai."]
    sentences += ["Publié le 12 mars, ce rapport accable.", "Publiée le 3 mai, elle\nment.", "Temps de lecture perdu !"]
    text = "\n\n".join(sentences)
    assert read_page(f"{SENTENCE}\n\n{text}\n\n{SENTENCE}").left_out == []


def test_footnotes_below_the_list_stay_with_the_text():
    named = "[1] Ada Lovelace\n\n[2] Alan Turing"
    page = read_page(
        f"{SENTENCE}\n\nLe rapport[1] le dit depuis 2012 [ii].\n\nSignataires :\n\nAda Lovelace\n\nAlan Turing\n\n"
        "[1] Rapport du Sénat, 2012.\n\n[ii] Enquête de 2024, p. 12."
    )
    assert page.signatories.split("\n\n") == ["Ada Lovelace", "Alan Turing"]
    assert page.text.endswith("2012 [ii].\n\n[1] Rapport du Sénat, 2012.\n\n[ii] Enquête de 2024, p. 12.")
    assert read_page(f"{SENTENCE}\n\n{SENTENCE}\n\nSignataires :\n\n{named}").signatories == named


@pytest.mark.parametrize(
    "listed",
    [
        "[1] Ada Lovelace\n[2] Alan Turing\n[3] Grace Hopper",
        "Ada Lovelace[4], Alan Turing [5]\n\n[4] CNRS\n\n[5] École normale",
        "Ada Lovelace\n\n[3] Alan Turing",
    ],
)
def test_a_list_that_numbers_its_people_or_their_affiliations_loses_none_to_the_text(listed):
    text = f"{SENTENCE}\n\nLe rapport[1] le dit[2], et l’autre[3] aussi.\n\n[3] Enquête de 2024\n\n{SENTENCE}"
    page = read_page(f"{text}\n\nSignataires :\n\n{listed}")
    assert page.signatories == listed
    assert page.text.endswith(f"\n\n[3] Enquête de 2024\n\n{SENTENCE.strip()}")  # which is no subheading
