"""Form fields are written as WTForms writes them, though not by its own code."""

from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import Markup
from wtforms.widgets import Input, html_params

from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE
GIVEN = {
    "id": "name",
    "class_": "wide",
    "value": "\"Zoé\" & 'Léa' <b>",
    "aria_describedby": Markup('<i>is "HTML" already</i>'),
    "data_suggestions": "/letters/rues/organisations?a=1&b=2",
    "required": True,
    "disabled": False,
    "maxlength": 100,
    "tabindex": 0,
    "pattern": None,
}


def test_attributes_are_those_that_wtforms_writes(app: Flask) -> None:
    assert Input.html_params is not html_params
    with app.test_request_context():
        given = {**GIVEN, "placeholder": lazy_gettext("“%(words)s”", words='a "b" <c>')}
        assert Input.html_params(**given) == html_params(**given)
        assert isinstance(Input.html_params(**given), Markup)
