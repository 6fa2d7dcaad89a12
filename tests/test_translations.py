"""French is complete: each message of the code and the templates, and each placeholder in it."""

import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from translations import update
from tribune import ROOT
from tribune.i18n import DEFAULT, LANGUAGES

FOLDER = ROOT / "translations"
SOURCE = "en"  # the language in which messages are written
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|<[^>]+>")


@cache
def written(language: str) -> Catalog:
    """What translators wrote."""
    with (FOLDER / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def wanted() -> Catalog:
    """What the code and the templates say today."""
    return update.wanted()


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


def test_the_default_language_is_one_that_is_offered() -> None:
    assert DEFAULT in LANGUAGES and {catalogue.parent.name for catalogue in FOLDER.glob("*/LC_MESSAGES")} == set(
        TRANSLATED
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_there_and_no_other(language: str) -> None:
    there = {forms(message.id)[0] for message in messages(written(language))}
    needed = {forms(message.id)[0] for message in messages(wanted())}
    assert len(needed) > 100
    assert (needed - there, there - needed) == (set(), set()), "run python3 dev.py translate"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_nothing_is_a_guess(language: str) -> None:
    for message in messages(written(language)):
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id
        if message.pluralizable:
            assert len(message.string) == written(language).num_plurals, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_message_is_plural_where_the_code_asks_for_it(language: str) -> None:
    asked = {forms(message.id)[0]: forms(message.id) for message in messages(wanted())}
    for message in messages(written(language)):
        assert forms(message.id) == asked.get(forms(message.id)[0], forms(message.id))


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_tags_are_the_same(language: str) -> None:
    for message in messages(written(language)):
        whole = forms(message.id)[-1]
        for words in forms(message.string):
            assert sorted(PLACEHOLDER.findall(words)) == sorted(PLACEHOLDER.findall(whole)), words


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_compiles_and_says_in_the_end_what_was_written(language: str) -> None:
    file = io.BytesIO()
    write_mo(file, written(language))
    file.seek(0)
    compiled = {forms(message.id)[0]: forms(message.string) for message in messages(read_mo(file))}
    assert compiled == {forms(message.id)[0]: forms(message.string) for message in messages(written(language))}


def test_french_is_set_as_a_printer_sets_it() -> None:
    """A no-break space before : » and after «, a narrow one before ; ! ?, the typographic apostrophe."""
    for message in messages(written("fr")):
        for words in forms(message.string):
            text = PLACEHOLDER.sub("x", re.sub(r"https?://\S+|<[^>]+>", "", words))
            assert not re.search(r"(?:^|[^\u00a0\u202f\s:])[:;!?»](?:\s|$)| [:;!?»]|« |«[^\u00a0\u202f]|'", text), words
            assert not re.search(r"\u00a0[;!?]", text), words


def test_french_has_one_word_for_a_letter() -> None:
    """« Tribune », never « lettre », which is a character, or the box of a mailbox."""
    other = re.compile(r"\b(?:cette|la|votre|une) lettre\b", re.IGNORECASE)
    found = {words for message in messages(written("fr")) for words in forms(message.string) if other.search(words)}
    assert found == set()


def test_french_says_whose_log_it_is() -> None:
    """« Le journal » alone is the newspaper that prints the letter."""
    log = re.compile(r"\bthe log (?:records|keeps|holds|says)|\b(?:recorded|people) in the log\b", re.IGNORECASE)
    whose = re.compile(r"journal de (?:l’|votre )équipe|[Ss]on journal")
    found = [message for message in messages(written("fr")) if log.search(forms(message.id)[0])]
    assert found and [words for each in found for words in forms(each.string) if not whose.search(words)] == []


def test_the_extraction_looks_at_every_file_that_speaks() -> None:
    speaking = {
        str(file.relative_to(ROOT))
        for folder in ("tribune", "templates")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".html", ".txt"} and re.search(r"\b_l?\(\"|\bngettext\(", file.read_text("utf-8"))
    }
    looked = {str(Path(name)) for message in messages(wanted()) for name, _line in message.locations}
    assert speaking <= looked


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_what_the_command_makes_of_it(tmp_path: Path, language: str) -> None:
    path = tmp_path / language / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    there = FOLDER / language / "LC_MESSAGES" / "messages.po"
    path.write_bytes(there.read_bytes())
    assert update.update(path, wanted()) == []
    assert path.read_bytes() == there.read_bytes()  # sorted, below its short header


def test_new_messages_come_in_and_are_named_and_old_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        '# Ours.\nmsgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgid "Gone"\nmsgstr "Parti"\n\nmsgid "Yes"\nmsgstr "Oui"\n'
    )
    words = Catalog()
    for message in ("Yes", "No", ("%(num)s name", "%(num)s names")):
        words.add(message)
    assert update.update(path, words) == ["No", "('%(num)s name', '%(num)s names')"]
    text = path.read_text()
    assert text.startswith('# Ours.\nmsgid ""\nmsgstr ""\n"Language: fr\\n"\n\n') and "Gone" not in text
    assert 'msgid "No"\nmsgstr ""\n' in text and 'msgid "Yes"\nmsgstr "Oui"\n' in text
    path.write_text(text.partition("\n\n")[0] + "\n")  # a new language begins with the header alone
    assert len(update.update(path, words)) == 3 and path.read_text() == text.replace("Oui", "")


def test_a_place_brings_its_preposition_in_french() -> None:
    """`%(city)s` is "de Paris", "d’Athènes" or "de La Réunion": `clocks.py: city`."""
    doubled = re.compile(r"(?:\bde|\bdu|\bà|d’)\s%\(city\)s")
    assert [
        each.id for each in messages(written("fr")) if any(doubled.search(form) for form in forms(each.string))
    ] == []
