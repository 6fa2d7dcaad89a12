"""Every template can be read, and every one is used."""

import re

import pytest
from flask import Flask
from jinja2 import Environment, meta

from tests.databases import ON_SQLITE
from tribune import ROOT
from tribune.i18n import LANGUAGES

FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file())
CODE = sorted((ROOT / "tribune").rglob("*.py"))

BLOCKS = r"\{% block kind %\}.*?\{% endblock %\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}"
JINJA = re.compile(BLOCKS + r"|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|\[\[\w+\]\]", re.DOTALL)


@pytest.fixture(scope="module")
def parser() -> Environment:
    """Jinja with what our templates use of it."""
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def named_in(template: str, parser: Environment) -> set[str]:
    """The templates that this one extends, includes or imports."""
    found = meta.find_referenced_templates(parser.parse((FOLDER / template).read_text("utf-8")))
    return {name for name in found if name}


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_parses_and_names_templates_that_exist(template: str, parser: Environment) -> None:
    assert named_in(template, parser) <= set(TEMPLATES)


@ON_SQLITE
def test_the_application_can_load_each(app: Flask) -> None:
    for template in TEMPLATES:
        app.jinja_env.get_template(template)


def test_each_is_used(parser: Environment) -> None:
    code = "\n".join(file.read_text("utf-8") for file in CODE)
    used = {name for template in TEMPLATES for name in named_in(template, parser)}
    assert [template for template in TEMPLATES if template not in used and f'"{template}"' not in code] == []


def test_the_code_names_templates_that_exist() -> None:
    for file in CODE:
        named = re.findall(r'(?:render_template|private_page|compose)\(\s*"([^"]+)"', file.read_text("utf-8"))
        assert set(named) <= set(TEMPLATES), file.name


@pytest.mark.parametrize("template", [name for name in TEMPLATES if "/mail/" in name])
def test_no_line_of_a_mail_ends_with_a_block_that_takes_the_blank_line_after_it(template: str) -> None:
    text = (FOLDER / template).read_text("utf-8")
    assert not re.findall(r"^.*\S.*\{% end\w+ %\}\n\n(?=.)", text, re.MULTILINE)


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name.endswith(".html")])
def test_a_colon_outside_of_a_sentence_is_set_by_the_language(template: str) -> None:
    text = re.sub(r'style="[^"]*"|<style>.*?</style>', "", (FOLDER / template).read_text("utf-8"), flags=re.DOTALL)
    assert not re.findall(r".*(?:\}\}|%\}|</\w+>):(?:\s|$)", text, re.MULTILINE)  # `{{ colon() }}` is


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name.endswith(".html")])
def test_two_sentences_never_touch(template: str) -> None:
    text = (FOLDER / template).read_text("utf-8")
    # neither the end of a line after a tag nor the indentation before one is printed
    assert not re.findall(r".*[.!?]\{% endtrans %\}\n *\{% (?:if|trans) .*", text)


SENTENCES_THAT_MAY_FOLLOW = ["moderation/batch.html", "people/signature.html", "invitations/board.html"]


@pytest.mark.parametrize("template", SENTENCES_THAT_MAY_FOLLOW)
def test_a_sentence_that_may_follow_another_begins_with_a_space(template: str) -> None:
    text = (FOLDER / template).read_text("utf-8")
    # the same of sentences that are printed by an expression
    assert not re.findall(r".*(?:\}\}|</b>)\{% endif %\}\n *\{% if [^%]*%\}(?:\{\{ (?:_|n?gettext|it)\b|<span).*", text)


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name.endswith(".html")])
def test_nothing_is_inline_that_the_policy_would_stop(template: str) -> None:
    text = (FOLDER / template).read_text("utf-8")
    if template != "components/mail.html":  # a mail carries its own style
        assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", text)


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_comes_from_elsewhere(template: str) -> None:
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", (FOLDER / template).read_text("utf-8"))


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name.endswith((".html", ".txt"))])
def test_words_go_through_translation(template: str) -> None:
    """No French in a template, and no visible words outside of `_()`: both languages would show them."""
    words_and_tags = JINJA.sub("", (FOLDER / template).read_text("utf-8"))
    text = re.sub(r"<style.*?</style>|<code.*?</code>|<[^>]*>", "", words_and_tags, flags=re.DOTALL)
    words = set(re.findall(r"[^\W\d_]{2,}", text)) - {"Tribune", "HTML", "Mailbox", "flask", *LANGUAGES.values()}
    assert words == set()
