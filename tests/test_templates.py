"""Every template can be read, and every one is used."""

import re

import pytest
from flask import Flask
from jinja2 import Environment, meta

from tests.databases import ON_SQLITE
from tribune import ROOT
from tribune.i18n import LANGUAGES

FOLDER = ROOT / "templates"
FILES = sorted(file for file in FOLDER.rglob("*") if file.is_file())
TEMPLATES = {str(file.relative_to(FOLDER)): file.read_text("utf-8") for file in FILES}
PAGES = {name: text for name, text in TEMPLATES.items() if name.endswith(".html")}
CODE = sorted((ROOT / "tribune").rglob("*.py"))

BLOCKS = r"\{% block kind %\}.*?\{% endblock %\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}"
JINJA = re.compile(BLOCKS + r"|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|\[\[\w+\]\]", re.DOTALL)


def where(wrong: str | re.Pattern[str], templates: dict[str, str]) -> dict[str, str]:
    """What of it stands in which of these templates."""
    found = {name: re.search(wrong, text) for name, text in templates.items()}
    return {name: match[0] for name, match in found.items() if match}


@pytest.fixture(scope="module")
def parser() -> Environment:
    """Jinja with what our templates use of it."""
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def named_in(template: str, parser: Environment) -> set[str]:
    """The templates that this one extends, includes or imports."""
    found = meta.find_referenced_templates(parser.parse(TEMPLATES[template], template))
    return {name for name in found if name}


def test_each_parses_and_names_templates_that_exist(parser: Environment) -> None:
    missing = {template: named_in(template, parser) - TEMPLATES.keys() for template in TEMPLATES}
    assert {template: names for template, names in missing.items() if names} == {}


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


def test_no_line_of_a_mail_ends_with_a_block_that_takes_the_blank_line_after_it() -> None:
    mails = {name: text for name, text in TEMPLATES.items() if "/mail/" in name}
    assert where(re.compile(r"^.*\S.*\{% end\w+ %\}\n\n(?=.)", re.MULTILINE), mails) == {}


def test_a_colon_outside_of_a_sentence_is_set_by_the_language() -> None:
    style = re.compile(r'style="[^"]*"|<style>.*?</style>', re.DOTALL)
    texts = {name: style.sub("", text) for name, text in PAGES.items()}
    assert where(re.compile(r".*(?:\}\}|%\}|</\w+>):(?:\s|$)", re.MULTILINE), texts) == {}  # `{{ colon() }}` is


def test_a_page_leaves_its_heading_to_the_frame_and_so_is_titled_by_it() -> None:
    frames = re.compile(r'\{% extends "(?:layouts/(?:letter|own|team|door)|signatures/_step)\.html" %\}')
    framed = {name: text for name, text in PAGES.items() if frames.search(text) and "{% block heading %}" not in text}
    assert len(framed) > 50 and where(r".*<h1.*", framed) == {}
    assert where(re.compile(r'^(?!.*\{% block wrong %\}).*"Error: ".*', re.MULTILINE), PAGES) == {}


def test_two_sentences_never_touch() -> None:
    # neither the end of a line after a tag nor the indentation before one is printed
    assert where(r".*[.!?]\{% endtrans %\}\n *\{% (?:if|trans) .*", PAGES) == {}


SENTENCES_THAT_MAY_FOLLOW = ["moderation/batch.html", "people/signature.html", "invitations/board.html"]


def test_a_sentence_that_may_follow_another_begins_with_a_space() -> None:
    # the same of sentences that are printed by an expression
    touching = r".*(?:\}\}|</b>)\{% endif %\}\n *\{% if [^%]*%\}(?:\{\{ (?:_|n?gettext|it)\b|<span).*"
    assert where(touching, {name: PAGES[name] for name in SENTENCES_THAT_MAY_FOLLOW}) == {}


def test_nothing_is_inline_that_the_policy_would_stop() -> None:
    assert where(r"<style|\sstyle=", PAGES).keys() == {"components/mail.html"}  # a mail carries its own style
    assert where(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", PAGES) == {}


def test_nothing_comes_from_elsewhere() -> None:
    assert where(r"""(?:src|href|action)=["']?(?:https?:)?//""", TEMPLATES) == {}


def test_words_go_through_translation() -> None:
    """No French in a template, and no visible words outside of `_()`: both languages would show them."""
    said = {}
    for template, text in TEMPLATES.items():
        if template.endswith((".html", ".txt")):
            seen = re.sub(r"<style.*?</style>|<code.*?</code>|<[^>]*>", "", JINJA.sub("", text), flags=re.DOTALL)
            said[template] = set(re.findall(r"[^\W\d_]{2,}", seen))
    usual = {"Tribune", "HTML", "Mailbox", "flask", *LANGUAGES.values()}
    assert {template: words - usual for template, words in said.items() if words - usual} == {}
