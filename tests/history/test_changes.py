"""What changed between two versions: words that came and went, each said in words and not by colour alone."""

from time import process_time

import html5lib

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter
from tests.page import Reader
from tribune.history.changes import Paragraph, changes
from tribune.letters.models import Version


def version(text: str, title: str = "Titre", standfirst: str = "") -> Version:
    return Version(title=title, standfirst=standfirst, text=text)


def marked(paragraphs: tuple[Paragraph, ...]) -> list[str]:
    """Each paragraph, with -removed- and +added+ words."""
    signs = {"same": "", "added": "+", "removed": "-"}
    return [" ".join(f"{signs[p.mark]}{p.text}{signs[p.mark]}" for p in paragraph) for paragraph in paragraphs]


def between(before: str, after: str) -> list[str]:
    return marked(changes(version(before), version(after), "fr").text)


def test_words_are_compared_within_their_paragraph() -> None:
    assert between("Nous voulons des rues calmes.", "Nous voulons des rues vertes et calmes.") == [
        "Nous voulons des rues +vertes et+ calmes."
    ]
    assert between("Un chien noir dort ici.", "Un chat noir dort ici.") == ["Un -chien- +chat+ noir dort ici."]


def test_paragraphs_come_and_go_whole() -> None:
    one, two, three = "Un premier paragraphe.", "Tout autre chose ici.", "Enfin la conclusion."
    assert between(f"{one}\n\n{three}", f"{one}\n\n{two}\n\n{three}") == [one, f"+{two}+", three]
    assert between(f"{one}\n\n{two}\n\n{three}", f"{one}\n\n{three}") == [one, f"-{two}-", three]
    assert between(two, three) == [f"-{two}-", f"+{three}+"]


def test_a_changed_paragraph_beside_a_new_one_is_compared_with_itself() -> None:
    assert between("Des rues où les enfants jouent.", "Un mot nouveau.\n\nDes rues où tous les enfants jouent.") == [
        "+Un mot nouveau.+",
        "Des rues où +tous+ les enfants jouent.",
    ]


def test_title_and_standfirst_are_compared_too() -> None:
    found = changes(version("x", "Des rues", "Un chapô"), version("x", "Nos rues", ""), "fr")
    assert marked(found.title) == ["-Des- +Nos+ rues"] and marked(found.standfirst) == ["-Un chapô-"]
    assert found.any


def test_where_a_link_leads_is_part_of_what_is_read() -> None:
    assert between("[Ici](https://a.example)", "[Ici](https://b.example)") == [
        "Ici -(https://a.example)- +(https://b.example)+"
    ]


def test_the_numbers_of_a_list_are_words_that_are_read() -> None:
    assert between("2030. La fin du charbon.", "2050. La fin du charbon.") == ["-2030.- +2050.+ La fin du charbon."]
    assert between("1. un mot", "- un mot") == ["-1.- un mot"]
    assert between("1. un\n1. deux", "1. un\n2. deux") == ["1. un", "2. deux"]  # as they are shown, not as typed
    nested = "7. un\n\n   suite\n   - point\n   1. 1. dedans\n8.\n9. neuf"
    assert between(nested, nested) == ["7. un", "suite", "point", "1. 1. dedans", "8.", "9. neuf"]


def test_only_layout_changed_when_no_word_did() -> None:
    found = changes(version("Un mot."), version("## Un *mot*."), "fr")
    assert marked(found.text) == ["Un mot."] and not found.any


def test_words_are_set_as_they_were_printed() -> None:
    assert between("Oui, jouons !", "Oui, jouons ici !") == ["Oui, -jouons\u202f!- +jouons ici\u202f!+"]


def test_the_longest_texts_are_compared_without_end_to_the_patience() -> None:
    """Nothing measured, but with a comparison of all with all this would outlast the time-out of the tests."""
    words, others = [str(n) for n in range(9_000)], [f"x{n}" for n in range(9_000)]
    for glue in (" ", "\n\n"):
        assert between(glue.join(words), glue.join(others))
        assert between(glue.join(["a", "b"] * 8_000), glue.join(["b", "a"] * 8_000))


def test_words_that_repeat_a_hundredfold_are_compared_in_seconds() -> None:
    old, new = ("\n\n".join(" ".join([f"{n}", *["x", other] * 99, "fin"]) for n in range(140)) for other in "yz")
    started = process_time()
    found = between(old, new)
    assert process_time() - started < 6  # it takes one; word by word to the end, thirteen
    assert (found[0].count("-y-"), found[-1].count("-y-")) == (99, 0)  # the last as one change
    assert (found[-1][:9], found[-1][-9:]) == ("139 x -y ", " x z+ fin")  # but for what begins and ends both


@ON_SQLITE
def test_the_page_says_in_words_what_was_removed_and_added(client: Reader) -> None:
    letter = make_letter(slug="rues", text="Un chien <noir>.\n\nSuite.")
    make_correction(letter, text="Un chat <noir>.\n\nSuite.", reason="Un chat, en fait.")
    page = client.get("/letters/rues/versions/2/changes?lang=en").text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    body = next(e for e in tree.iter() if "changes" in (e.get("class") or ""))
    words = " ".join("".join(body.itertext()).split())
    assert "Un [removed: chien end] [added: chat end] <noir>.Suite." in words
    assert "Un chat, en fait." in page
