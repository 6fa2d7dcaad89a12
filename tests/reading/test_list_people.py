"""The lines of a list become people to write to: understood, or doubted aloud."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.contacts import CELLS, name, read
from tests.reading.printed import PRINTED
from tribune.reading.cut_lines import rejoined
from tribune.reading.doubts import Doubt
from tribune.reading.list_people import contacts_in_list


def test_a_list_has_addresses_as_people_and_mail_programs_write_them() -> None:
    found = contacts_in_list(
        "Zoé Évrard, maire de Lille, z@example.org\n\n- Ana Ba <a@example.org>\n"
        '"Cid, Léo" <l@example.org>, Paul Duan <p@example.org>; Mia Eon <m@example.org>\nseule@example.org\n'
        "et 200 autres (autres@example.org)"
    )
    quoted = contacts_in_list('"Ana Ba" <a@example.org>, maire de Brest').contacts[0]
    assert (name(quoted), quoted.person.affiliation) == ("Ana|Ba", "maire de Brest")
    assert [(name(c), c.email, c.row) for c in found.contacts] == [
        ("Zoé|Évrard", "z@example.org", 1),
        ("Ana|Ba", "a@example.org", 3),
        ("Léo|Cid", "l@example.org", 4),
        ("Paul|Duan", "p@example.org", 4),
        ("Mia|Eon", "m@example.org", 4),
        ("|", "seule@example.org", 5),
    ]
    assert found.contacts[0].person.affiliation == "maire de Lille"
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(6, "other_signatories")]


def test_a_mail_program_may_write_the_family_name_first() -> None:
    pasted = (
        '"Roux, Léa" <lea@example.org>; Ba, Ana Rose <ana@example.org>, DE LA TOUR, Anne <anne@example.org>\n'
        "O'Brien, Zoé <zoe@example.org>;\n'Da, Jo' <jo@example.org>\nMo, maire <mo@example.org>\n"
        'Li, Jo (CNRS) <li@example.org>\nLuc Da, Attac <luc@example.org>\n"Dupont, SNCF" <x@example.org>\n'
        '"ROY, LIA" <r@example.org>; "Vance, JD" <v@example.org>\n'
        '"de la Tour, Julie" <j@example.org>; d’Oc, Anna <a@example.org>; "La Cimade, Lyon" <c@example.org>'
    )
    people = [
        (one.person.given_name, one.person.family_name, one.email[:3], one.reasons)
        for one in contacts_in_list(pasted).contacts
    ]
    assert people[:4] == [
        ("Léa", "Roux", "lea", ("family_name_guessed",)),
        ("Ana Rose", "Ba", "ana", ("family_name_guessed",)),
        ("Anne", "de La Tour", "ann", ("family_name_guessed", "capitals_lowered")),
        ("Zoé", "O'Brien", "zoe", ("family_name_guessed",)),
    ]
    called = [" ".join(person[:2]).strip() for person in people[4:]]
    assert called[:7] == ["Jo Da", "Mo", "Li", "Luc Da", "Dupont", "Lia Roy", "JD Vance"]
    assert called[7:] == ["Julie de la Tour", "Anna d’Oc", "La Cimade"]
    odd = contacts_in_list('"Roux, Mme Léa" <lea@example.org>, "Ba, Ana3" <ana@example.org>').contacts
    assert [(one.person.given_name, one.reasons) for one in odd] == [
        ("Léa", ("title_left_out", "family_name_guessed")),
        ("Ana3", ("family_name_guessed", "digits_in_name")),
    ]


@pytest.mark.parametrize("marks", ["<>", "()", "[]", "{}", "«\xa0\xa0»", "“”", "‹›", '""', "''", "****", "``"])
def test_marks_around_an_address_are_no_part_of_it_nor_printed(marks: str) -> None:
    half = len(marks) // 2
    first, second = (f"{marks[:half]}{address}@example.org{marks[half:]}" for address in ("zoe", "ana"))
    for between in ("\n", " ; "):
        pasted = f"Zoé Évrard {first}, maire{between}Ana Ba, juge, {second}"
        assert [(name(one), one.person.affiliation, one.email) for one in contacts_in_list(pasted).contacts] == [
            ("Zoé|Évrard", "maire", "zoe@example.org"),
            ("Ana|Ba", "juge", "ana@example.org"),
        ]


def test_an_apostrophe_in_a_quoted_name_stays() -> None:
    pasted = "Ana Ba <a@example.org>; \"Zoé O'Brien\" <z@example.org>; 'Léo N'Diaye' <l@example.org>"
    assert [name(one) for one in contacts_in_list(pasted).contacts] == ["Ana|Ba", "Zoé|O'Brien", "Léo|N'Diaye"]


def test_what_stuck_to_an_address_is_no_part_of_it_nor_of_the_name() -> None:
    pasted = "Zoé Évrard →z@example.org\nAna Ba => a@example.org/\nLéo Cid =l@example.org!\nMia Eon/juge/m@example.org"
    assert [one.email for one in contacts_in_list(pasted).contacts] == [f"{who}@example.org" for who in "zalm"]
    for address in ("=z@example.org", "→ z@example.org", "z@example.org ?", "(mailto:z@example.org?subject=Oui!&cc=a)"):
        [one] = contacts_in_list(f"Zoé Évrard {address}, maire").contacts
        assert (name(one), one.person.affiliation, one.email) == ("Zoé|Évrard", "maire", "z@example.org"), address
    slashes = contacts_in_list("Zoé Évrard (z@example.org) / Ana Ba (a@example.org) / Léo Cid (l@example.org)").contacts
    assert [name(one) for one in slashes] == ["Zoé|Évrard", "Ana|Ba", "Léo|Cid"]
    two = contacts_in_list("Zoé Évrard, z@example.org/b@example.org").contacts[0]
    assert (name(two), two.email, two.note) == ("Zoé|Évrard", "z@example.org", "b@example.org")


def test_the_heads_of_a_mail_before_its_recipients_are_no_people() -> None:
    pasted = (
        "De : Ana Ba <ana@example.org>\nÀ\xa0: Zoé Évrard <z@example.org>; Léo Cid <l@example.org>\n"
        "Cc: Mia Eon <m@example.org>,\nto: seule@example.org\nA: Cid, Jo <jo@example.org>\nCC : Da, maire\n"
        "> Cc : Éva Roy <e@example.org>"  # as quoted in an answer
    )
    assert [(name(one), one.email, one.row) for one in contacts_in_list(pasted).contacts] == [
        ("Ana|Ba", "ana@example.org", 1),
        ("Zoé|Évrard", "z@example.org", 2),
        ("Léo|Cid", "l@example.org", 2),
        ("Mia|Eon", "m@example.org", 3),
        ("|", "seule@example.org", 4),
        ("Jo|Cid", "jo@example.org", 5),
        ("|CC", "", 6),  # without an address it may be a name
        ("Éva|Roy", "e@example.org", 7),
    ]


def test_when_and_by_whom_a_message_was_sent_is_no_part_of_who_it_names() -> None:
    found = contacts_in_list(
        "[12:03, 01/12/2026] Sophie: Paul Du Bois\n[01/12/2026 12:04:45] Sophie Roy: Fatou Diop, maire, f@example.org\n"
        "Zoé Évrard\n[01/12, 12:05] +33 6 12 34 56 78: m@example.org\n"
        "01/12/2026, 12:06 - Sophie: Ana Ba, juge, a@example.org\n[01/12/2026 à 12:07] Jo: Mo Da\n"
        "1/12/26, 12:08 pm - Jo: Luc Da\n[12:09] Jo: Ida Mo\n[12:10, 1 déc. 2026] Jo: Léo Fo\n"
        "01/12/2026 à 12:10 - Jo: Éva Li\n"
        "[12:11, 2026-12-01] Jo: Mia Eon"
    )
    assert [(name(one), one.email) for one in found.contacts] == [
        ("Paul|Du Bois", ""),
        ("Fatou|Diop", "f@example.org"),
        ("Zoé|Évrard", ""),
        ("|", "m@example.org"),
        ("Ana|Ba", "a@example.org"),
        ("Mo|Da", ""),
        ("Luc|Da", ""),
        ("Ida|Mo", ""),
        ("Léo|Fo", ""),
        ("Éva|Li", ""),
        ("Mia|Eon", ""),
    ]
    assert found.doubts == []
    for line in ("12:05 - Ida Mo: Ana Ba", "12/05 12:05 - Ida Mo : atelier"):
        assert contacts_in_list(f"{line}\nZoé Roy").doubts[-1].text == line


def test_an_address_alone_among_recipients_is_nobody_else_s() -> None:
    pasted = (
        "seule@example.org; Zoé Évrard <z@example.org>, 'autre@example.org'; \"der@example.org\","
        " Ana Ba <a@example.org>\n"
        "Léo Cid <l@example.org>; o'brien@example.org\n'mia@example.org' <mia@example.org>\n"
        "p@example.org, Paul Duan, maire de Lille"
    )
    assert [(name(one), one.email, one.row) for one in contacts_in_list(pasted).contacts] == [
        ("|", "seule@example.org", 1),
        ("Zoé|Évrard", "z@example.org", 1),
        ("|", "autre@example.org", 1),
        ("|", "der@example.org", 1),
        ("Ana|Ba", "a@example.org", 1),
        ("Léo|Cid", "l@example.org", 2),
        ("|", "o'brien@example.org", 2),
        ("|", "mia@example.org", 3),
        ("Paul|Duan", "p@example.org", 4),
    ]


def test_of_several_people_on_a_line_nobody_is_given_the_address_of_another() -> None:
    pasted = (
        "Zoé Évrard, maire ; Ana Ba, actrice <ana@example.org>\nZoé Roy (Lyon), Ana Mo (Paris) mo@example.org\n"
        "Zoé Da, maire ; Ana Li, actrice ; Léo Cid, poète, cid@example.org, leo@example.org.\n"
        "Luc Qi, maire, luc@Bo.example ; Eva Bo, actrice\n"
        "Ida Eon, avocate au Barreau, eon@example.org ; Luc Ba ; ROY Léo, poète\n"
        "Ida Ba et Luc Da, fondateurs du Port ; Ana Fo, maire <fo@example.org> ; Mia Go\n"
        "Zoé Ay, maire, Luc Ey, poète, Ana Oy, juge, Léo Uy, actrice, uy@example.org\n"
        "Mia Ro, maire, ro@example.org, mia@example.org ; Léa Jo\nNoé Ka ; Luc Le ; ka@example.org, le@example.org\n"
        "Léa Ay, ay@example.org ; Mia Ey, juge (Nice), ey@example.org ; Zoé Oy\n"
        "Zoé Cy (cy@example.org), maire ; Ana Fy <fy@example.org>, juge ; Léo My <my@example.org>\n"
        "Jean-Luc Py, py@example.org ; Luc Py ; Mia Ly, Ateliers Mia Ly, ly@example.org ; Ana Ny"
    )
    assert [(one.person.family_name, one.email, one.note) for one in contacts_in_list(pasted).contacts] == [
        ("Évrard", "", ""),
        ("Ba", "ana@example.org", ""),
        ("Roy", "", ""),
        ("Mo", "mo@example.org", ""),
        ("Da", "", ""),
        ("Li", "", ""),
        ("Cid", "cid@example.org", "leo@example.org"),
        ("Qi", "luc@Bo.example", ""),
        ("Bo", "", ""),
        ("Eon", "eon@example.org", ""),
        ("Ba", "", ""),
        ("Roy", "", ""),
        ("Ba", "", ""),
        ("Da", "", ""),
        ("Fo", "fo@example.org", ""),
        ("Go", "", ""),
        ("Ay", "", ""),
        ("Ey", "", ""),
        ("Oy", "", ""),
        ("Uy", "uy@example.org", ""),
        ("Ro", "ro@example.org", "mia@example.org"),
        ("Jo", "", ""),
        ("Ka", "ka@example.org", ""),
        ("Le", "le@example.org", ""),
        ("Ay", "ay@example.org", ""),
        ("Ey", "ey@example.org", ""),
        ("Oy", "", ""),
        ("Cy", "cy@example.org", ""),
        ("Fy", "fy@example.org", ""),
        ("My", "my@example.org", ""),
        ("Py", "py@example.org", ""),
        ("Py", "", ""),
        ("Ly", "ly@example.org", ""),
        ("Ny", "", ""),
    ]


@pytest.mark.parametrize("empty", ["06 12 34 56 78\xa0;", "Tél. : 06 12 34 56 78\t|", ",\t,"])
def test_a_line_of_which_nothing_is_printed_gives_nobody_the_address_of_another(empty: str) -> None:
    pasted = f"Zoé Évrard <zoe@example.org>\n{empty}\nAna Ba <ana@example.org>\nLuc Da <luc@example.org>"
    found = contacts_in_list(pasted)
    assert [(name(one), one.email[:3], one.row) for one in found.contacts] == [
        ("Zoé|Évrard", "zoe", 1),
        ("Ana|Ba", "ana", 3),
        ("Luc|Da", "luc", 4),
    ]
    assert {doubt.line for doubt in found.doubts} == {2}


def test_an_address_of_which_nothing_says_whose_it_is_is_nobody_s() -> None:
    for line in (
        "Mme Roy, maire ; Ana Ba, actrice <ana@example.org>",
        "Ana Ba, actrice ; Voltaire <ana@example.org> ; Zoé Roy",
        "ana@example.org, Zoé Roy, maire ; Ana Ba, actrice",
        "Zoé Roy, maire ; ana@example.org Ana Ba ; Luc Da",
        "Zoé Roy et Ana Ba, fondatrices du Port, ana@example.org",
        "Ana Ba, présidente de la Fondation Jean Roy, ana@example.org ; Jean Roy, juge ; Luc Da",
        "Luc Da / Zoé Roy : ana@example.org",
        "Luc Da / Zoé Roy / Mia Cy, juge : ana@example.org",
        "Luc Da\u00a0/ Zoé Roy (Le Port) : ana@example.org / 06 12 34 56 78",
        "ana@example.org : Luc Da / Zoé Roy",
    ):
        found = contacts_in_list(line)
        assert len(found.contacts) == 1 + line.count(";") + line.count(" et ") and found.doubts == []
        for one in found.contacts:
            assert (one.email, one.note) == ("", "ana@example.org") and "address_of_whom" in one.reasons, line


def test_an_address_that_names_who_may_stand_behind_somebody_is_not_theirs() -> None:
    for line in (
        "Ana Ba, avocate, Zoé Cy, zoe@example.org",
        "Ana Ba, avocate and Zoé Cy <cy@example.org>",
        "Ana Ba, avocate au Port. Zoé Cy, zoecy@example.org.",
        "Ana Ba, juge, Zoé Cy, z.cy@example.org, Ida Mo, élue, ida@example.org, Léo Fo, élu, Luc Da, élu\nMia Eon",
    ):
        one = contacts_in_list(line).contacts[0]
        assert (name(one), one.email) == ("Ana|Ba", "") and "cy@" in one.note.replace("zoe@", "cy@"), line
        assert "address_of_whom" in one.reasons
    on_lines = (
        "Ana Ba, juge (via Zoé Cy zoe@example.org)",
        "Ana Ba, actrice (agent : Zoé Cy, zoe.cy@example.org)",
        "Ana Ba, assistante Zoé Cy, z.cy@example.org",
        "Ana Ba – passer par Zoé Cy – z.cy@example.org",
        "Ana Ba, présidente de La Ruche (via Zoé Cy, z.cy@example.org)",
    )
    for line in on_lines:
        one = contacts_in_list(f"{line}\nMia Eon").contacts[0]
        assert (name(one), one.email, one.reasons[-1]) == ("Ana|Ba", "", "address_of_whom"), line
    card = contacts_in_list(rejoined("Ana Ba\nPoète\nAgent : Zoé Cy\nzoe@example.org\n") + "\nMia Eon").contacts
    assert [(name(one), one.email) for one in card] == [("Ana|Ba", ""), ("Zoé|Cy", "zoe@example.org"), ("Mia|Eon", "")]
    assert "role_first" in card[1].reasons
    lines = ("Ana Ba / Terre Vivante / one@example.org", "Luc Da / Zoé Roy <luc@example.org>")
    fields = contacts_in_list("\n".join((*lines, "two@example.org / Mia Cy / Place Neuve")))
    assert [one.email for one in fields.contacts] == ["one@example.org", "luc@example.org", "two@example.org"]
    doubtful = contacts_in_list("Ana Ba, juge, Zoé Cy, élue, contact@example.org\nLuc Da").contacts[0]
    assert (doubtful.email, doubtful.note) == ("", "contact@example.org") and "perhaps_two_people" in doubtful.reasons


def test_an_address_behind_a_word_and_a_slash_is_doubted() -> None:
    for line, doubts in (
        ("Ana Ba a/zoe@example.org", ("family_name_guessed", "at_sign")),
        ("Ana Ba, si/zoe@example.org", ("at_sign",)),
        ("Ana Ba / juge / zoe@example.org", ()),
        ("Ana Ba (06 12 34 56 78/zoe@example.org)", ("phone_left_out",)),
        ("Ana Ba, zoe@example.org/cy@example.org", ("two_addresses",)),
    ):
        [one] = contacts_in_list(line).contacts
        assert (one.email, one.reasons) == ("zoe@example.org", doubts), line


def test_a_row_with_nothing_but_commas_is_cut_behind_each_address_and_that_is_said() -> None:
    row = "Ana Ba, juge, ana@example.org, Zoé Cy, zoe@example.org et Luc Da (Attac) <luc@example.org>."
    found = contacts_in_list(row)
    assert [(name(one), one.person.role or one.person.organisation, one.email) for one in found.contacts] == [
        ("Ana|Ba", "juge", "ana@example.org"),
        ("Zoé|Cy", "", "zoe@example.org"),
        ("Luc|Da", "Attac", "luc@example.org"),
    ]
    assert found.doubts == [Doubt(1, row, "people_share_a_line")]
    unclear = contacts_in_list(
        "Ana Ba : juge, Zoé Cy : juge, contact@example.org, Luc Da, Terre Vivante, luc@example.org"
    )
    assert [(name(one), one.email, one.note) for one in unclear.contacts] == [
        ("Ana|Ba", "", "contact@example.org"),
        ("Luc|Da", "luc@example.org", ""),
    ]
    assert "address_of_whom" in unclear.contacts[0].reasons
    marked = contacts_in_list("Ana Ba · Zoé Cy, zoe@example.org · Luc Da, luc@example.org · Ida Mo, ida@example.org")
    assert [one.email[:3] for one in marked.contacts] == ["", "zoe", "luc", "ida"]


@pytest.mark.parametrize(
    "line",
    [
        "{}, juge, {}, b@example.org",
        "{}, {}, juge au Port, b@example.org",
        "{}, {}, Zoé Cy, z@example.org, Luc Da, juge",
    ],
)
def test_a_line_of_which_a_piece_would_not_begin_with_a_name_and_end_with_an_address_stays_whole(line: str) -> None:
    found = contacts_in_list(line.format("Ana Ba", "ana@example.org"))
    assert [name(one) for one in found.contacts] == ["Ana|Ba"] and found.doubts == []


def test_an_address_is_theirs_that_names_them_or_the_organisation_of_one_of_a_list() -> None:
    for line in (
        "Zoé Cy, directrice, Terre Vivante, zoe@example.org",
        "Zoé Cy, directrice, Terre Vivante, contact@example.org",
        "Zoé Cy <contact@example.org>, Terre Vivante",
        "Zoé Cy, directrice, Terre Vivante, terrevivante@example.org\nAna Ba, ana@example.org",
        "Zoé Cy, directrice de Terre Vivante, terrevivante.lyon@example.org\nAna Ba, ana@example.org",
        "Zoé Cy, prof au collège Jean Roy, jean.roy@example.org\nAna Ba, ana@example.org",
        "Zoé Cy, gérante de la librairie Luc Da, luc.da@example.org\nAna Ba, ana@example.org",
        "Zoé Cy, juge, Ana Ba, élue, cy@example.org",
    ):
        one = contacts_in_list(line).contacts[0]
        assert one.email.endswith("@example.org") and "address_of_whom" not in one.reasons, line


def test_a_full_stop_behind_an_address_is_no_part_of_the_line_before_it() -> None:
    pasted = (
        "Zoé Évrard, maire, zoe@example.org.\nLéo Cid (leo@example.org).\nMo : mo@example.org.\n"
        "Zoé É. <ze@example.org>. Ana Ba <ana@example.org>.\nRoy, Prune <roy@example.org>."
    )
    assert [(name(one), one.email[:3], one.person.affiliation) for one in contacts_in_list(pasted).contacts] == [
        ("Zoé|Évrard", "zoe", "maire"),
        ("Léo|Cid", "leo", ""),
        ("|Mo", "mo@", ""),
        ("Zoé|É.", "ze@", ""),
        ("Ana|Ba", "ana", ""),
        ("Prune|Roy", "roy", None),
    ]


def test_a_phone_number_is_not_printed_nor_what_set_an_address_apart() -> None:
    found = contacts_in_list(
        "Luc Da, directeur, luc@example.org, 06 12 34 56 78\nAna Ba / ana@example.org / Ville de Lens\n"
        "Zoé Roy (tél. : +33 (0)6.12.34.56.78)\nÉva Mo, maire de Lens (62300) depuis 2014\n"
        "Léa Ay (06 12 34 56 78 / lea@example.org), juge\nPaul Bo, élu (bo@example.org, b@example.org)\n"
        "Ida Cy ; élue ; cy@example.org ; 06 12 34 56 78 ; Lens"
    )
    assert [(name(one), one.person.affiliation, one.reasons) for one in found.contacts] == [
        ("Luc|Da", "directeur", ("phone_left_out",)),
        ("Ana|Ba", "Ville de Lens", ()),
        ("Zoé|Roy", "", ("phone_left_out",)),
        ("Éva|Mo", "maire de Lens (62300) depuis 2014", ()),
        ("Léa|Ay", "juge", ("phone_left_out",)),
        ("Paul|Bo", "élu", ("two_addresses",)),
        ("Ida|Cy", "élue ; Lens", ("phone_left_out",)),
    ]


@pytest.mark.parametrize("left_out", ["{}@example.org", "06 12 34 56 78", "tél. 06 12 34 56 78, {}@example.org"])
def test_of_brackets_that_hold_more_than_an_address_or_a_phone_number_the_rest_stays(left_out: str) -> None:
    pasted = f"Zoé Évrard (maire, {left_out}), Luc Da (poète, {left_out}, Koeo) et Ana Ba ({left_out}, juge)"
    found = contacts_in_list(pasted.format("zoe", "luc", "ana")).contacts
    assert [(name(one), one.person.affiliation) for one in found] == [
        ("Zoé|Évrard", "maire"),
        ("Luc|Da", "poète, Koeo"),
        ("Ana|Ba", "juge"),
    ]
    assert [one.email[:3] for one in found] == (["zoe", "luc", "ana"] if "@" in left_out else [""] * 3)


def test_what_has_the_digits_of_a_phone_and_is_none_stays() -> None:
    found = contacts_in_list(
        "Luc Da 0612345678@example.org\nAna Ba, CNRS, 0000-0002-1825-0097\nZoé Roy, élue, 01.01.2020-31.12.2021\n"
        "Éva Mo, directrice du Port 02 31 00 00 00"
    )
    assert [(name(one), one.person.affiliation, one.email, one.reasons) for one in found.contacts] == [
        ("Luc|Da", "", "0612345678@example.org", ()),
        ("Ana|Ba", "CNRS, 0000-0002-1825-0097", "", ()),
        ("Zoé|Roy", "élue, 01.01.2020-31.12.2021", "", ()),
        ("Éva|Mo", "directrice du Port", "", ("phone_left_out",)),
    ]


def test_a_paragraph_of_people_as_a_newspaper_prints_it_is_a_list() -> None:
    lines = [line.strip(" •") for line in PRINTED.strip().splitlines()]
    found = contacts_in_list(" ; ".join(f"{line} <p{number}@example.org>" for number, line in enumerate(lines)))
    assert len(found.contacts) == 45 and found.contacts[-1].email == "p43@example.org"
    assert len(contacts_in_list(" ; ".join(lines * 3)).contacts) == 135


def test_of_several_people_on_a_line_each_is_doubted_for_what_is_theirs() -> None:
    found = contacts_in_list("Premiers signataires : Zoé Évrard, maire ; Mme Ana BA ; luc da, CNRS, Lyon ; Léo Cid")
    assert [(name(one), one.reasons) for one in found.contacts] == [
        ("Zoé|Évrard", ()),
        ("Ana|Ba", ("title_left_out", "capitals_lowered")),
        ("luc|da", ("name_without_capital",)),
        ("Léo|Cid", ()),
    ]
    assert found.doubts == [Doubt(1, "Premiers signataires", "heading")]


def test_a_line_with_a_colon_at_its_end_is_a_heading() -> None:
    found = contacts_in_list("Associations :\nZoé Évrard, Le Port\nPartis politiques :\nLuc Da : luc@example.org")
    assert [(name(one), one.email) for one in found.contacts] == [("Zoé|Évrard", ""), ("Luc|Da", "luc@example.org")]
    assert found.doubts == [Doubt(1, "Associations :", "heading"), Doubt(3, "Partis politiques :", "heading")]


def test_what_is_longer_than_any_line_is_said_and_not_read() -> None:
    found = contacts_in_list("Ana Ba et " * 1000 + "\nZoé Évrard")
    assert [name(contact) for contact in found.contacts] == ["Zoé|Évrard"]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(1, "too_long")]
    found = read("Nom | Courriel", "Ana Ba et " * 100 + "| a@example.org")
    assert [(doubt.line, doubt.reason) for doubt in found.doubts][1:] == [(2, "too_long")]


@settings(max_examples=60)
@given(st.lists(st.one_of(CELLS, st.sampled_from(["Zoé Évrard, maire, z@example.org", "Ana Ba <a@e.org>, b@e.org"]))))
def test_no_line_of_a_list_is_lost(lines: list[str]) -> None:
    pasted = [" ".join(line.split()) for line in lines]
    found = contacts_in_list("\n".join(pasted))
    there = {contact.row for contact in found.contacts} | {doubt.line for doubt in found.doubts}
    assert {number for number, line in enumerate(pasted, 1) if line.strip("\ufeff\xad\u200b\u2060 ")} <= there


def test_what_is_no_whole_address_is_doubted_aloud() -> None:
    [contact] = contacts_in_list("Jean Dupont, maire, jean@@example").contacts
    assert contact.email == "" and "at_sign" in contact.reasons
    [contact] = contacts_in_list("Jean Dupont, maire, <jean@@example.org>").contacts
    assert contact.email == "jean@@example.org" and "at_sign" in contact.reasons  # in its field, to be corrected there
    [contact] = contacts_in_list("Jean Dupont, maire, jean@example.org").contacts
    assert contact.email == "jean@example.org" and "at_sign" not in contact.reasons


def test_an_address_without_a_name_shares_no_line() -> None:
    found = contacts_in_list("Zoé Ba ; Luc Da\nana@example.org\nbo@example.org; cy@example.org")
    assert [(contact.person.line, contact.email) for contact in found.contacts] == [
        (1, ""),
        (2, ""),
        (3, "ana@example.org"),
        (4, "bo@example.org"),
        (5, "cy@example.org"),
    ]


@pytest.mark.parametrize("mark", [" — ", " – ", " ― ", " - ", " | ", " / ", ", ", "، "])
def test_the_mark_before_an_address_is_not_printed(mark: str) -> None:
    for words in (("Zoé Ba", "pédiatre"), ("Zoé Ba", "", "pédiatre")):
        [contact] = contacts_in_list(mark.join((*words, "CHU de Lille", "zoe@example.org"))).contacts
        assert contact.person.affiliation == mark.join(("pédiatre", "CHU de Lille"))
        assert (contact.person.role, contact.person.organisation) == ("pédiatre", "CHU de Lille")
