"""What an organiser types is printed well, and nothing they paste can harm a reader."""

import html
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tribune.letters.rendering import LIMIT, TextTooLong, plain, render

ALLOWED = set("a blockquote br code em h2 h3 h4 h5 h6 hr li ol p strong sup ul".split())
# A link that was typed without an address leads nowhere, and may stay.
LINK = re.compile(r'<a(?: href="(?:https?://[^/"][^"]*|mailto:[^"]+)")? rel="noopener nofollow ugc">')

MARKUP = st.lists(
    st.sampled_from(
        "# ## * ** _ ` ``` > - 1. [ ] ( ) ![ ](https://example.org/p.png) [a](javascript:alert(1)) [b](//example.org) "
        "[c](data:text/html,x) <script> <img onerror=x> <https://example.org> <javascript:x> &#106; &lt; \\ ? « \" ' "
        "mot 1er --- === [x]: https://example.org".split()
    )
    | st.sampled_from([" ", "\n", "\n\n", "    ", "\t", "\0", "\ud800"]),
    max_size=30,
).map("".join)


def printed(markdown: str, locale: str = "fr") -> str:
    """Rendered, with ~ and _ for the narrow and the wide no-break space, which eyes cannot tell."""
    return html.unescape(render(markdown, locale)).replace("\u202f", "~").replace("\u00a0", "_").strip()


def test_typography_reaches_across_emphasis_and_links() -> None:
    assert printed('**Note** : "*oui*" !') == "<p><strong>Note</strong>_: «_<em>oui</em>_»~!</p>"
    assert "sur ce site</a>~?" in printed("Lire [sur ce site](https://example.org) ?")


def test_code_and_addresses_are_printed_as_typed() -> None:
    assert printed('`a ? "b"` !') == '<p><code>a ? "b"</code>~!</p>'
    assert """href="https://example.org/l'a--b?x=1\"""" in printed("[ici](https://example.org/l'a--b?x=1)")
    assert ">https://example.org/a--b</a>" in printed("<https://example.org/a--b>")


@pytest.mark.parametrize("indent", ["\t", "    ", "      "])
def test_a_paragraph_that_a_word_processor_indented_is_one_like_any_other(indent: str) -> None:
    assert printed(f"Un.\n\n{indent}Deux *mots* ?\n{indent}Suite.") == "<p>Un.</p>\n<p>Deux <em>mots</em>~?\nSuite.</p>"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_no_mark_sets_a_whole_block_as_code(fence: str) -> None:
    assert "<pre" not in render(f"{fence}\nx\n\ny\n{fence}", "fr")


@pytest.mark.parametrize(
    "typed",
    ["Les agent*es et les élu*es", "chacun*e d’entre nous*", "tou**te**s", "2*3*4", "des é*è*é", "*es et les élu*es"],
)
def test_the_asterisks_of_a_word_are_its_own(typed: str) -> None:
    """So French is often written that is to mean women and men."""
    assert render(typed, "en") == f"<p>{typed}</p>\n"
    assert plain(typed) == typed


def test_asterisks_around_words_emphasise_them_whatever_stands_in_them() -> None:
    assert printed("*Les agent*es*, l’**école** et « *tou*te*s* »") == (
        "<p><em>Les agent*es</em>, l’<strong>école</strong> et «_<em>tou*te*s</em>_»</p>"
    )


def test_each_language_has_its_own_quotes() -> None:
    assert printed('"yes" !', "en") == "<p>“yes”!</p>"


def test_ordinals_are_raised_in_french() -> None:
    assert printed("le 1er mai du XXIe siècle") == "<p>le 1<sup>er</sup> mai du XXI<sup>e</sup> siècle</p>"


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [("# a\n\n## b\n\n# c", "232"), ("## a\n\n### b", "23"), ("### a", "2"), ("# a\n\n#### b", "23"), ("a\n===", "2")],
)
def test_headings_follow_the_title_of_the_page_without_a_gap(markdown: str, levels: str) -> None:
    assert "".join(re.findall(r"<h(\d)>", render(markdown, "fr"))) == levels


def test_lists_and_quotations_are_kept() -> None:
    assert "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>" in render("- un\n- deux", "fr")
    assert '<ol start="3">' in render("3. trois", "fr")
    assert "<blockquote>\n<p>cité</p>\n</blockquote>" in render("> cité", "fr")
    assert "un<br>\ndeux" in render("un  \ndeux", "fr")


@pytest.mark.parametrize("address", ["https://example.org/", "http://example.org/a?b=c", "mailto:louise@example.org"])
def test_links_to_the_web_and_to_mailboxes_are_kept_and_vouched_for_by_nobody(address: str) -> None:
    assert render(f"[ici]({address})", "fr") == f'<p><a href="{address}" rel="noopener nofollow ugc">ici</a></p>\n'


def test_an_address_that_no_link_leads_to_is_printed_as_typed() -> None:
    note, link = "[1]: https://example.org", '<a href="https://example.org" rel="noopener nofollow ugc">ici</a>'
    assert render(f"Un.\r\n\r\n{note}\r\n{note}/b", "en") == f"<p>Un.</p>\n<p>{note}</p>\n<p>{note}/b</p>\n"
    assert render(f"[ici][1]\n\n[2]: https://example.com\n{note}", "en").startswith(f"<p>{link}</p>\n<p>[2]: ")
    assert plain(f"> {note}") == note and render(f"[ici][1]\n\n{note}", "en") == f"<p>{link}</p>\n"


def test_a_link_says_nothing_that_only_a_mouse_finds() -> None:
    """No comparison of two versions shows the title of a link, nor does the PDF."""
    link = '<a href="https://example.org" rel="noopener nofollow ugc">ici</a>'
    assert printed('[ici](https://example.org "autre chose")') == f"<p>{link}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/png;base64,AAAA",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/page",
        "\\\\example.org",
        "/\\example.org",
        "https:/example.org",
        "https:///example.org",
        "/manage/",
        "#top",
        "?q=1",
        "",
    ],
)
def test_links_to_anywhere_else_are_refused(address: str) -> None:
    for link in (f"[ici]({address})", f"[ici][1]\n\n[1]: <{address}>", f"<{address}>"):
        assert "href" not in render(link, "fr")


def test_images_are_left_out_and_raw_html_is_shown_as_typed() -> None:
    text = render('![un pixel](https://example.org/p.png "t") <script>alert(1)</script>\n\n<iframe src=x>', "fr")
    assert text == "<p> &lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>&lt;iframe src=x&gt;</p>\n"


def test_the_weight_is_counted_in_bytes() -> None:
    assert render("é" * (LIMIT // 2), "fr").startswith("<p>é")
    for heavy in ("é" * (LIMIT // 2) + "a", "\ud800" * LIMIT):
        with pytest.raises(TextTooLong):
            render(heavy, "fr")
        with pytest.raises(TextTooLong):
            plain(heavy)


def test_characters_that_no_page_can_hold_are_replaced() -> None:
    assert render("a\0b\ud800c", "fr") == "<p>a\ufffdb\ufffdc</p>\n"
    assert plain("a\0b\ud800c") == "a\ufffdb\ufffdc"


@given(MARKUP | st.text(), st.sampled_from(["fr", "en"]))
@example("[a](<javascript:x>)![b](https://example.org)", "fr")
def test_only_known_tags_come_out_whatever_goes_in(markdown: str, locale: str) -> None:
    text = render(markdown, locale)
    for tag in re.findall(r"<[^>]*>", text):
        bare = re.fullmatch(r"</?(\w+)>", tag)
        assert (bare and bare[1] in ALLOWED) or LINK.fullmatch(tag) or re.fullmatch(r'<ol start="\d+">', tag), tag
    text.encode("utf-8")


@given(MARKUP | st.text())
def test_plain_text_can_always_be_mailed(markdown: str) -> None:
    assert "\0" not in plain(markdown)
    plain(markdown).encode("utf-8")


def test_plain_text_has_the_words_without_the_marks() -> None:
    markdown = "## Un *titre*\n\nDes **mots** et [un lien](https://example.org)\nsur deux lignes.\n\n- un\n- deux\n"
    assert plain(markdown) == "Un titre\n\nDes mots et un lien sur deux lignes.\n\nun\n\ndeux"


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 20_000,
        "[" * LIMIT,
        "![" * (LIMIT // 2),
        "[](" * (LIMIT // 3),
        "a](" * (LIMIT // 3),
        "[a](" * (LIMIT // 4),
        "[a](" + "(" * 60_000,
        ">" * 5_000,
        "> " * (LIMIT // 2),
        "- > " * (LIMIT // 4),
        "*" * LIMIT,
        "**a" * (LIMIT // 3),
        "*_" * 16_000 + "a" + "_*" * 16_000,
        "`" * LIMIT,
        "".join("`" * length + " " for length in range(1, 355)),
        "<" * LIMIT,
        "<!-- " * (LIMIT // 5),
        "&#" * (LIMIT // 2),
        "# a\n" * (LIMIT // 4),
        "".join(f"[{number}]: https://example.org\n" for number in range(2_000)),
        '"' * LIMIT,
        "'" * LIMIT,
        "a" * LIMIT,
        "a " * (LIMIT // 2),
        "1 000 " * (LIMIT // 6),
        " " * LIMIT,
        "\n" * LIMIT,
    ],
    ids=lambda hostile: f"{hostile[:4]!r} x {len(hostile)}",
)
def test_hostile_text_is_read_in_seconds_at_worst(hostile: str) -> None:
    started = time.process_time()
    render(hostile, "fr")
    assert time.process_time() - started < 10  # the worst takes 1.3 s; a parser that is not linear takes minutes
