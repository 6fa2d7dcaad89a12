"""What is typed beside what is saved: field by field, as the form would send it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from wtforms import BooleanField, Field

from tribune.letters.models import Letter
from tribune.writing.forms import LetterForm

NOT_OF_THE_LETTER = {"csrf_token", "revision", "base", "reason", "kind"}


@dataclass(frozen=True)
class Difference:
    """A field that somebody else saved otherwise than it was typed here."""

    field: Field
    saved: str
    typed: str
    touched: bool  # it was changed here; else only the other one changed it


def as_typed(form: LetterForm) -> dict[str, str]:
    """The fields of the letter, by name, as a browser would send them."""
    return {field.name: _typed(field) for field in form if field.name not in NOT_OF_THE_LETTER}


def _typed(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    return str(field._value() if hasattr(field, "_value") else field.data or "")


def prints(typed: Mapping[str, str]) -> str:
    """A short print of each field, as JSON: tells later which of them were changed."""
    return json.dumps({name: _print(value) for name, value in typed.items()}, separators=(",", ":"))


def _print(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:8]


def begun_from(letter: Letter) -> dict[str, str]:
    """What a form that begins from the letter as it is saved carries to know it again."""
    return {"revision": str(letter.revision), "base": prints(as_typed(LetterForm(letter=letter)))}


def everything(form: LetterForm) -> dict[str, str]:
    """All that is typed, with what it was begun from: another form can be made of it."""
    return {name: str(form[name].data or "") for name in ("revision", "base", "reason", "kind")} | as_typed(form)


def changes(form: LetterForm) -> dict[str, Any]:
    """The fields whose words differ from what is saved, as values for `save`: an untouched field stays to the byte."""
    saved, typed = as_typed(LetterForm(letter=form.letter)), as_typed(form)
    names = {name for name in typed if typed[name] != saved[name]}
    values = {name: form[name].data for name in typed if name in names}
    values.pop("closes_at", None)
    if names & {"closes_at", "timezone"} and form.closing != form.letter.closes_at:
        values["closes_at"] = form.closing
    return values


def differences(form: LetterForm) -> list[Difference]:
    """The fields that are saved otherwise than typed, in the order of the form."""
    try:
        base = dict(json.loads(form.base.data or "{}"))
    except (ValueError, TypeError):
        base = {}
    saved, typed = LetterForm(letter=form.letter), as_typed(form)
    return [
        Difference(saved[name], value, typed[name], base.get(name) != _print(typed[name]))
        for name, value in as_typed(saved).items()
        if typed[name] != value
    ]
