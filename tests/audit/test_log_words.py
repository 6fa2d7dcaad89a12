"""The sentences of the log: one for each thing that is done, whatever is known of it."""

import re
from itertools import product

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tribune.audit.models import GROUPS, Event, Verb
from tribune.audit.words import sentence
from tribune.clocks import clock
from tribune.letters.models import Letter
from tribune.writing.forms import LetterForm


@ON_SQLITE
def test_every_verb_has_its_sentence_with_and_without_details(app: Flask) -> None:
    told = clock(make_letter().zone)
    full = {
        "count": 3, "number": 2, "before": "owner", "after": "viewer", "from": "LDH", "into": "Ligue", "role": "editor",
        "rows": 12, "status": "all", "what": "xlsx", "at": "2026-11-24T13:12:00+00:00", "replaces": True, "fields": [],
        "text": "Un ajout",
    }  # fmt: skip
    with app.test_request_context(headers={"Accept-Language": "en"}):
        for verb, (subject, details) in product(Verb, (("Zoé", full), ("", {}))):
            words = sentence(Event(verb=verb, subject=subject, details=details), told)
            assert re.fullmatch(r"[A-Z][^{}]*\.", words), (verb, words)


@ON_SQLITE
def test_each_change_of_the_order_is_told_apart(app: Flask) -> None:
    told = clock(make_letter().zone)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        for what in ("moved", "sorted", "joined", "parted", "added", "removed", "undone"):
            words = sentence(
                Event(verb=Verb.FIRST_SIGNATORIES_CHANGED, subject="Zoé Évrard", details={"what": what}), told
            )
            assert words.endswith(".") and (what == "moved") is words.startswith("Moved"), words


@ON_SQLITE
def test_a_change_of_settings_says_which_as_the_form_calls_them(app: Flask) -> None:
    letter = make_letter()
    told = clock(letter.zone)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        labels = {field.name: field.label.text for field in LetterForm(letter=letter) if field.name in SETTINGS}
        assert {"contact", "slug"} <= labels.keys()
        for fields, said in (*(([name], f"“{label}”") for name, label in labels.items()), TWO):
            words = sentence(Event(verb=Verb.LETTER_EDITED, details={"fields": fields}), told)
            assert words == f"Changed the settings of the letter: {said}."


SETTINGS = {column.name for column in Letter.__table__.columns} - {"revision"}
TWO = ["contact", "image"], "“Contact address”, “Picture”"


NAMED_IN_FRENCH = [
    (Verb.ROLE_CHANGED, {"before": "editor", "after": "viewer"}),
    (Verb.SECTION_CHANGED, {"before": "Élus", "after": "Artistes"}),
    (Verb.INVITATION_REVOKED, {}),
]


@ON_SQLITE
def test_a_name_that_begins_with_a_vowel_stands_after_no_french_de(app: Flask) -> None:
    told = clock(make_letter().zone)
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        for verb, details in NAMED_IN_FRENCH:
            words = sentence(Event(verb=verb, subject="Edgar", details=details), told)
            assert "Edgar" in words and not re.search(r"\b(?:de|le|que) [aeéiou]", words, re.IGNORECASE), words


@ON_SQLITE
def test_one_signature_is_called_by_its_line_and_what_was_undone_by_its_name(app: Flask) -> None:
    one = Event(verb=Verb.SIGNATURES_HELD, subject="Zoé Évrard, maire", signature_id=1, details={"count": 1})
    undone = Event(verb=Verb.BATCH_UNDONE, subject="Pour des rues", details={"count": 3, "what": "hide"})
    erased = Event(verb=Verb.SIGNATURES_HIDDEN, subject="", details={})
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = [sentence(event, clock(make_letter().zone)) for event in (one, undone, erased)]
    assert said == [
        "Held the signature “Zoé Évrard, maire”: no longer counted.",
        "Undid the hiding of 3 signatures.",
        "Hid a signature that is gone.",
    ]


def test_each_verb_is_looked_for_in_one_place() -> None:
    grouped = [verb for verbs in GROUPS.values() for verb in verbs]
    assert sorted(grouped) == sorted(Verb)
