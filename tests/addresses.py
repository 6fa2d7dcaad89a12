"""The addresses of the site by its URL map, and for each a real one."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from tests.factories import owner_of
from tests.links import links_of
from tests.objects import OBJECTS
from tribune import ORGANISERS, PUBLIC
from tribune.letters.models import Letter

NAMES = [{area.bp.name for area in areas} for areas in (PUBLIC, ORGANISERS)]


def rules(app: Flask, names: set[str]) -> Iterator[Rule]:
    """The addresses of these blueprints."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in names:
            yield rule


def address(app: Flask, rule: Rule, letter: Letter) -> str:
    """A real address of this rule: one that answers 200 to whoever may open it."""
    if "token" in rule.arguments:
        return build(app, rule, {"token": links_of(letter)[rule.endpoint].token()})
    made = {name: OBJECTS[name](letter, owner_of(letter)) for name in rule.arguments - {"slug"}}
    return build(app, rule, {"slug": letter.slug, **made})


def build(app: Flask, rule: Rule, values: dict[str, int | str]) -> str:
    """The address of this rule with those values."""
    return app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})
