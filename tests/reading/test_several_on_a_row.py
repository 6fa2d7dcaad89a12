"""Several people on one row of a pasted list are told apart; where they may not be, that is said."""

import pytest

from tests.reading.lists import names_in, reasons_in
from tribune.reading.people import Person, read_people


def test_people_set_apart_on_a_row_have_a_line_each_and_those_who_share_their_role_one():
    found = read_people("Zoé Petit\nAda Lovelace, writer ; Alan Turing (NPL) ; Ana Ba et Léo Cid, writers\nMia")
    assert [(p.family_name, p.role, p.organisation, p.line) for p in found.people] == [
        ("Petit", "", "", 1),
        ("Lovelace", "writer", "", 2),
        ("Turing", "", "NPL", 3),
        ("Ba", "writers", "", 4),
        ("Cid", "writers", "", 4),
        ("Mia", "", "", 5),
    ]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts][-1] == (3, "one_word_name")  # on the third row


@pytest.mark.parametrize(
    "last", ["et Luc Da, maire.", "ainsi que Luc Da, maire.", "and Luc Da, maire", "Luc Da, maire."]
)
def test_the_last_of_a_list_reads_as_the_others(last: str) -> None:
    found = read_people(f"Zoé Ba, députée ; Ana Dé (Attac) ; {last}")
    assert found.people[2] == Person("Luc", "Da", "maire", "", "maire", 3) and found.doubts == []
    assert found.people[1].affiliation is None


def test_people_of_a_paragraph_may_each_end_with_a_full_stop() -> None:
    found = read_people("Zoé Évrard, maire de Lille. Ana-Li Ba, éditrice, Le Phare. Prune O'Brien, actrice.")
    assert [(p.given_name, p.family_name, p.role) for p in found.people] == [
        ("Zoé", "Évrard", "maire"),
        ("Ana-Li", "Ba", "éditrice"),
        ("Prune", "O'Brien", "actrice"),
    ]
    assert [p.affiliation for p in found.people] == ["maire de Lille", "éditrice, Le Phare", "actrice"]
    on_lines = read_people("Zoé Évrard, maire de Lille.\nAna Ba, Acme Inc.").people
    assert [p.affiliation for p in on_lines] == ["maire de Lille", "Acme Inc."]
    counted = "Zoé Évrard, maire. Ana Ba, actrice. Et 30 autres signataires."
    assert names_in(counted) == ["Zoé Évrard", "Ana Ba"] and reasons_in(counted) == ["other_signatories"]
    in_brackets = "Zoé Évrard, maire (Lyon). Ana Ba, éditrice (Éd. Minuit). Léo Cid (CNRS), poète. Prune Roy, actrice."
    assert names_in(in_brackets) == ["Zoé Évrard", "Ana Ba", "Léo Cid", "Prune Roy"]
    for row in ("Zoé Évrard. Ana Ba. Léo Cid. Prune Roy.", "Zoé Évrard, Koeo. Ana Ba. Léo Cid. Prune Roy."):
        assert names_in(row) == ["Zoé Évrard", "Ana Ba", "Léo Cid", "Prune Roy"]
    for one in (
        "Jane Doe, Open Society. Foo City.",
        "Jane Doe, professor at Open Society. Foo City.",
        "Jane Doe, professeure. Centre Marc Bloch, Berlin",
        "Jane Doe, professeure. Fondatrice de Terre Vivante",
        "Jane Doe, professeure au Lycée St. Louis Roy, Paris",
        "Jean Prof. Doe, maire",
        "Jane Doe. Foo City. Bar Town",
    ):
        assert len(read_people(one).people) == 1, one


def test_the_last_of_a_list_keeps_a_full_stop_and_a_small_word_of_its_own() -> None:
    for company in ("Acme Inc.", "Michelin S.A."):
        assert read_people(f"Zoé Ba, députée ; Luc Da, {company}").people[1].affiliation == company
    assert names_in("Zoé Ba ; Luc Da ; and bell hooks")[2] == "and bell hooks"
    assert reasons_in("Zoé Ba ; Luc Da ; et 30 autres signataires.") == ["other_signatories"]


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lovelace, Alan Turing, Grace Hopper et Linus Pauling",
        "Ada Lovelace (A), Alan Turing (B), Grace Hopper (C) and Linus Pauling (D)",
        "Ada Lovelace, Alan Turing, Grace Hopper and Linus Pauling, founders of Koeo",
    ],
)
def test_names_in_a_row_are_several_people(line):
    assert names_in(line) == ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Linus Pauling"]


@pytest.mark.parametrize(
    "line",
    [
        "Annie Ernaux, écrivaine, Étienne Balibar, philosophe, Luc Da, maire",
        "Mathilde Panot (LFI), Luc Da, maire",
        "Mathilde Panot (LFI), députée, Luc Da, maire",
        "Mathilde Panot (LFI), députée, Luc Da (EELV), maire",
        "Mathilde Panot (LFI), députée, et Luc Da (EELV), maire",
        "Mathilde Panot (LFI) et Luc Da (EELV), députés",
        "Mathilde Panot, députée - Luc Da, maire - Annie Ernaux, écrivaine",
        "Mathilde Panot – députée, Luc Da – maire, Annie Ernaux – écrivaine",
        "Mathilde Panot, députée, et Luc Da, maire",
        "Jane Doe, teacher, and Luc Da, mayor",
        "Mathilde Panot, Luc Da et Annie Ernaux, pour le collectif Nous",
    ],
)
def test_people_between_commas_with_their_roles_are_doubted(line: str) -> None:
    assert "perhaps_two_people" in reasons_in(line)


@pytest.mark.parametrize("between", [" - ", " – ", " • ", ". ", ", ", " et ", " "])
def test_people_with_brackets_are_cut_behind_them(between: str) -> None:
    assert names_in(between.join(("Zoé Ba (députée)", "Luc Da (maire de Lille)", "Ana Dé (Attac)"))) == [
        "Zoé Ba",
        "Luc Da",
        "Ana Dé",
    ]
    assert names_in(between.join(("Zoé Ba (MIT)", "Professor (Physics)")))[0].startswith("Zoé Ba")


@pytest.mark.parametrize("mark", ["·", "•", "|", "–", "/"])
def test_the_same_mark_may_stand_between_people(mark: str) -> None:
    people = ["Zoé Évrard, cinéaste", "Ana Ba (CNRS)", "Luc de La Tour", "Léo Cid, maire de Lens", "Jo Roy, élu, Brest"]
    line = f" {mark} ".join(people)
    assert names_in(line) == ["Zoé Évrard", "Ana Ba", "Luc de La Tour", "Léo Cid", "Jo Roy"]
    assert [one.role for one in read_people(line).people] == ["cinéaste", "", "", "maire", "élu"]
    assert reasons_in(line) == []
    assert len(names_in(f" {mark} ".join(["Zoé Évrard", "Open Society", "maire", "Lens", "Nord"]))) == 1


def test_one_person_with_a_role_here_and_another_there_is_no_list() -> None:
    assert reasons_in("Jane Doe, Director, Open Society") == []
    assert reasons_in("Jane Doe (Europe Écologie - Les Verts), députée et maire") == []
    assert "perhaps_two_people" not in reasons_in("Jane Doe – Greenpeace France – directrice")


def test_an_organisation_with_commas_is_not_several_people():
    assert names_in("Jane Doe, Open Rights, Foo Bar") == ["Jane Doe"]


@pytest.mark.parametrize("colon", [":", " :", "\u00a0:"])
def test_people_before_a_colon_share_what_follows(colon: str) -> None:
    line = f"Zoé Évrard et Ana Ba{colon} fondatrices de Koeo"
    assert names_in(line) == ["Zoé Évrard", "Ana Ba"] and reasons_in(line) == ["people_share_a_line"]
    assert {(one.role, one.organisation) for one in read_people(line).people} == {("fondatrices", "Koeo")}


@pytest.mark.parametrize(
    "line",
    [
        "Zoé Évrard, Ana Ba : anciennes directrices du Port",
        "Zoé Évrard ainsi que Ana Ba, anciennes directrices du Port",
        "Zoé Évrard, Ana Ba, anciennes directrices du Port",
    ],
)
def test_names_share_what_a_colon_or_as_well_as_leads_to(line: str) -> None:
    people = [(one.family_name, one.role, one.organisation) for one in read_people(line).people]
    assert people == [("Évrard", "anciennes directrices", "Port"), ("Ba", "anciennes directrices", "Port")]
    assert reasons_in(line) == ["people_share_a_line"]


def test_what_counts_others_ends_a_list_of_people() -> None:
    found = read_people("Zoé Évrard, Zoé Le Mouël, et 7 autres signataires.")
    assert [(one.family_name, one.role, one.organisation) for one in found.people] == [
        ("Évrard", "", ""),
        ("Le Mouël", "", ""),
    ]
    assert [doubt.reason for doubt in found.doubts] == ["other_signatories"]


@pytest.mark.parametrize("counted", ["et 1 159 autres signataires.", "et plus de 300 autres", "and 12 others"])
def test_what_counts_others_is_never_said_of_the_last_person(counted: str) -> None:
    for listed in (
        "Zoé Évrard, maire ; Ana Ba, sénatrice {}",
        "Zoé Évrard (LDH) ; Ana Ba, sénatrice, {}",
        "Zoé Évrard (LDH), Ana Ba (CNRS) {}",
        "Zoé Évrard, Ana Ba (CNRS) {}",
        "Zoé Évrard, Ana Ba {}",
        "Zoé Évrard, maire\nAna Ba, sénatrice {}",
        "Zoé Évrard (LDH) – Ana Ba (CNRS) {}",
        "Zoé Évrard (LDH) · Ana Ba (CNRS) · {}",
        "Zoé Évrard (LDH). Ana Ba (CNRS). {}",
    ):
        line = listed.format(counted)
        assert names_in(line) == ["Zoé Évrard", "Ana Ba"] and reasons_in(line) == ["other_signatories"], line
        assert "autre" not in str(read_people(line).people)
    for line in (
        "Zoé Évrard, Place Publique ; Ana Ba, juge et 30 autres signataires",
        "Zoé Évrard, Ana Ba, et 7 autres élus",
    ):
        assert names_in(line) == ["Zoé Évrard", "Ana Ba"], line
    assert names_in("Zoé Évrard ; maire ; et 7 autres signataires") == ["Zoé Évrard"]
    for line in ("Zoé Évrard, maire ; et les autres", "Zoé Évrard, maire ; and others"):
        assert [one.affiliation for one in read_people(line).people] == ["maire"], line
        assert reasons_in(line) == ["other_signatories"], line
    for role in ("conseillère et 2 autres mandats", "autrice de Moi et les autres"):
        [one] = read_people(f"Zoé Évrard, {role}").people
        assert one.affiliation == role


def test_the_last_of_people_with_brackets_may_follow_an_and() -> None:
    names = ["Zoé Évrard", "Ana Ba", "Léo Cid"]
    for line in ("Zoé Évrard, Ana Ba (CNRS) et Léo Cid (LDH).", "Zoé Évrard (LDH), Ana Ba (CNRS) et Léo Cid."):
        assert names_in(line) == names and reasons_in(line) == []
    assert names_in("Zoé Évrard (LDH) et présidente de la ligue (Brest)") == ["Zoé Évrard"]
    assert names_in("Zoé Évrard (LDH), Attac (représentée par Ana Ba)") == ["Zoé Évrard", "Ana Ba"]


@pytest.mark.parametrize(
    "line",
    [
        "Zoé Évrard : maire / Ana Ba : sénatrice, LDH",
        "Zoé Évrard et Ana Ba : maires / Léo Cid : sénateur",
        "Zoé Évrard : LDH. Ana Ba : CNRS.",
        "Zoé Évrard (LDH) – Ana Ba – Léo Cid (CNRS)",
        "Zoé Évrard (LDH) · Ana Ba",
        "Zoé Évrard (LDH). Ana Ba, sénatrice (CNRS)",
        "Zoé Évrard, CNRS, Ana Ba, Inserm",
        "Zoé Évrard, sociologue, Ana Ba, Inserm",
        "Zoé Évrard, CNRS, Ana Ba, Inserm, Luc Da",
    ],
)
def test_people_of_a_row_who_are_not_set_apart_are_doubted(line: str) -> None:
    assert "perhaps_two_people" in reasons_in(line)
    for one in ("Zoé Évrard – maire – Emmaüs France (Lyon)", "Zoé Évrard (LDH) – maire", "Zoé Évrard : maire"):
        assert "perhaps_two_people" not in reasons_in(one)
