"""A text copied in a word processor is pasted where a letter is written, through the clipboard of a real browser."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import Stage, begun
from tests.servers.browser import visit
from tests.servers.site import Site
from tribune.database import db
from tribune.letters.life import publish
from tribune.letters.models import Letter

# What each program puts on the clipboard, shortened.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator
content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm;} --></style></head><body lang=FR style='tab-interval:35.4pt'><!--StartFragment-->
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Des rues<span
style='mso-spacerun:yes'>  </span>pour tous. <o:p></o:p></b></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<h1>Jouer <i style='mso-bidi-font-style:normal'>dehors</i><o:p></o:p></h1>
<p class=MsoNormal>Les agent*es le disent, <b>N</b>ous aussi&nbsp;: voir <a href="https://example.org/a (b)">le
rapport</a>.<br>Demandons <del>hier</del>:<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>des bancs ;</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>des arbres.<br>
Verts.</p>
<h2>Vite</h2><!--EndFragment--></body></html>"""
GOOGLE_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span
style="font-size:16pt;font-weight:700;">Jouer</span></h2><p dir="ltr"><span
style="font-weight:400;">Des rues </span><span style="font-weight:700;font-style:italic;">pour tous</span><span
style="font-weight:400;">.</span></p><br /><ul><li dir="ltr" aria-level="1"><p role="presentation"><span
style="font-weight:400;">des bancs ;</span></p></li><ul><li
aria-level="2"><p role="presentation"><span>des arbres.</span></p></li></ul></ul></b>"""
WORD_ON_THE_WEB = """<html><body><div class="OutlineElement Ltr"><p role="heading" aria-level="1"><span
class="TextRun"><span class="NormalTextRun">Jouer</span></span><span class="EOP">&nbsp;</span></p></div>
<div class="OutlineElement"><p><span class="TextRun" style="font-weight:bold">Des rues</span></p></div>
<div class="ListContainerWrapper"><ol start="1"><li><p><span>des bancs ;</span><span>&nbsp;</span></p></li></ol></div>
<div class="ListContainerWrapper"><ol start="2"><li><p><span>des arbres.</span></p></li></ol></div>
<li>Vite</li></body></html>"""
LIBREOFFICE = """<!DOCTYPE HTML><html><head><title></title><meta name="generator"
content="LibreOffice 7.4"/></head><body lang="fr-FR">
<p style="margin-bottom: 0cm">Des rues <b>pour
tous</b> : voir <font color="#000080"><u><a href="javascript:alert(1)">ici</a></u></font></p>
<p><br/>

</p>
<ol start="3"><li><p>des bancs ;</p>
<p>verts,</p></li><li> <i>des arbres</i></li></ol>
<blockquote>Jouer !</blockquote></body></html>"""
NOTES = """<html><body><p>Depuis 2012<a class="sdfootnoteanc"
name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>,
Jouer sur 10 m<sup>2</sup>, dès le 1<sup>er</sup> mai<sup><a href="https://example.org/#n2">2</a></sup>.</p><p><span
style="vertical-align:super">3</span>Il en va de 10<span style="vertical-align:super">12</span>.</p>
<div id="sdfootnote1"><p class="sdfootnote"><a
class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>Rapport du
Sénat.</p></div></body></html>"""

WEB = """<div><p style="margin: 0px;"><span style="vertical-align: super;"><span
style="vertical-align: super;">3</span></span>12 ports depuis 2012<a href="#n"><span
style="vertical-align: super;">1</span></a>, 10<sup>-6 </sup>g<sup>1,2</sup>, brûlés<sup><a
href="https://example.org/rapport">2</a></sup> par l’article <a href="https://example.org/code#12">12</a>.</p>
<p>Wikipédia<sup><a href="https://example.org/Ada#cite_note-1"><span>[</span>Note 1<span>]</span></a></sup>, un
blog<span>&nbsp;[<a href="https://example.org/#nb1">1</a>]</span>, un autre (<a href="https://example.org/#nb2">2</a>),
Firefox<a class="note" href="https://example.org/#nb3">3</a>.</p>
<p>[<a href="https://example.org/#nh1">1</a>]&nbsp;Jouer. <a href="https://example.org/#nh1">↩︎</a></p></div>"""


PASTED = {
    "Word": (
        WORD,
        "**Des rues pour tous.**\n\n## Jouer *dehors*\n\nLes agent*es le disent, Nous aussi\xa0: "
        "voir [le rapport](https://example.org/a%20%28b%29).\n\nDemandons :\n\n"
        "- des bancs ;\n    1. des arbres.\n\n        Verts.\n\n### Vite",
    ),
    "Google Docs": (
        GOOGLE_DOCS,
        "## Jouer\n\nDes rues ***pour tous***.\n\n- des bancs ;\n    - des arbres.",
    ),
    "Word on the web": (
        WORD_ON_THE_WEB,
        "## Jouer\n\n**Des rues**\n\n1. des bancs ;\n2. des arbres.\n- Vite",
    ),
    "LibreOffice": (
        LIBREOFFICE,
        "Des rues **pour tous** : voir ici\n\n3. des bancs ;\n\n    verts,\n\n4. *des arbres*\n\n> Jouer !",
    ),
    "footnotes": (
        NOTES,
        "Depuis 2012[1], Jouer sur 10 m², dès le 1er mai[2].\n\n³Il en va de 10¹².\n\n[1] Rapport du Sénat.",
    ),
    "pages": (
        WEB,
        "³12 ports depuis 2012[1], 10⁻⁶ g¹,², brûlés[²](https://example.org/rapport) par l’article"
        " [12](https://example.org/code#12).\n\n"
        "Wikipédia[Note 1], un blog\u00a0[1], un autre (2), Firefox[3].\n\n[1]\u00a0Jouer.",
    ),
}


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    return begun(*served)


def paste(page: Page, html: str, plain: str, keys: str = "Control+v") -> None:
    """Have a program put both on the clipboard, and press the keys over the text."""
    page.evaluate(
        """([html, plain]) => document.addEventListener("copy", (event) => {
            event.clipboardData.setData("text/html", html);
            event.clipboardData.setData("text/plain", plain);
            event.preventDefault();
        }, { once: true })""",
        [html, plain],
    )
    page.locator("#text").press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press(keys)


def test_a_pasted_text_keeps_its_paragraphs_headings_lists_emphasis_and_links(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        text, look = page.locator("#text"), page.locator("#look .body")
        for program, (html, marks) in PASTED.items():
            paste(page, html, "Des rues pour tous.\nJouer\n")
            expect(text, program).to_have_value(marks)
            expect(look, program).to_contain_text("Jouer")
            page.keyboard.press("Control+z")
            expect(text, program).to_have_value("Un texte.")
            expect(look, program).not_to_contain_text("Jouer")


def test_what_is_pasted_stays_as_it_is_if_asked_or_copied_from_an_editor_of_code(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        paste(page, "<p>Des <b>rues</b></p>", "Des rues", "Control+Shift+v")
        expect(page.locator("#text")).to_have_value("Des rues")
        paste(page, '<div style="color: #000;white-space: pre;"><div>Des</div><div>rues</div></div>', "Des\nrues")
        expect(page.locator("#text")).to_have_value("Des\nrues")


def test_a_list_pasted_behind_words_begins_a_line_of_its_own(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        paste(page, "<ul><li>des bancs</li></ul>", "des bancs")
        expect(page.locator("#text")).to_have_value("- des bancs")
        page.locator("#text").fill("Nous demandons :")
        page.keyboard.press("Control+End")
        page.keyboard.press("Control+v")
        expect(page.locator("#text")).to_have_value("Nous demandons :\n\n- des bancs")


def test_what_is_added_after_the_text_is_pasted_as_the_text_is(chromium: Browser, stage: Stage) -> None:
    with stage.app.app_context():
        publish(db.session.get_one(Letter, stage.letter_id))
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(f"/manage/letters/{stage.letter_id}/addenda")
        page.locator("#text").fill("Merci.")
        paste(page, "<p>Des <b>rues</b></p><p>Des bancs</p>", "Des rues\nDes bancs")
        expect(page.locator("#text")).to_have_value("Des **rues**\n\nDes bancs")
