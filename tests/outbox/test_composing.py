"""What a mail looks like: any mail program can show it, and nobody's words can turn it into another mail."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader
from tribune.database import db, write
from tribune.mine.mails import post_found
from tribune.moderation.mails import compose_hidden
from tribune.outbox.composing import fill_in
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import BOUNDARY, as_mail
from tribune.outbox.models import Message
from tribune.outbox.transport import mailbox_folder
from tribune.signatures.actions import sign

LONG = {"title": "Éôœ " * 74 + "ä", "given_name": "é" * 100, "family_name": "ø" * 100}


def signed_mail(title: str = "Pour des rues où l’on joue", locale: str = "fr", **content: str) -> bytes:
    """The bytes of the mail that somebody who signs a letter of that title receives."""
    words = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal"}
    sign(
        make_letter(title=title),
        email="zoe@example.org",
        published=True,
        news=False,
        locale=locale,
        **(words | content),
    )
    deliver_due()
    [file] = mailbox_folder().glob("*.eml")
    return file.read_bytes()


def read(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, EmailMessage, policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@ON_SQLITE
def test_text_comes_first_then_html_with_the_same_links(app: Flask) -> None:
    mail = read(signed_mail())
    assert mail.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    links = re.findall(r"http://\S+", part(mail, "plain"))
    assert len(links) == 3
    assert re.findall(r'href="([^"]+)"', part(mail, "html")) == links
    assert "src=" not in part(mail, "html") and "url(" not in part(mail, "html")  # nothing that tells it was opened


@ON_SQLITE
def test_the_subject_is_in_any_alphabet_on_one_line(app: Flask) -> None:
    title = "Ёлка et œuvres : l’été"
    subject = read(signed_mail(title))["Subject"]
    assert subject.endswith("Ёлка et œuvres : l’été")
    typed = "=?utf-8?q?Appelez_le_0800=E2=80=AE?= vous invite"
    assert read(as_mail(typed, "zoe@example.org", "", "", "<1@example.org>").content)["Subject"] == typed


@ON_SQLITE
@pytest.mark.parametrize(("title", "end"), [("été " * 49 + "été", r": (été )+été…"), ("é" * 199, r": é{99,}…")])
def test_a_long_subject_is_cut_between_words_and_says_so(app: Flask, title: str, end: str) -> None:
    assert re.search(f"{end}$", read(signed_mail(title))["Subject"])


@ON_SQLITE
def test_every_line_is_short_and_every_link_alone_on_its_own(app: Flask) -> None:
    mail = read(signed_mail(role="directrice générale adjointe chargée des relations avec les publics et de la presse"))
    for line in part(mail, "plain").splitlines():
        assert re.fullmatch(r"http://\S+", line) if "http" in line else len(line) <= 72


@ON_SQLITE
def test_headers_are_folded_where_every_server_takes_them(app: Flask) -> None:
    raw = signed_mail(LONG["title"], given_name=LONG["given_name"], family_name=LONG["family_name"], role="ü" * 200)
    headers, _, _body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 and line.isascii() for line in headers.split(b"\r\n"))
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322, in bytes
    assert b"\n" not in raw.replace(b"\r\n", b"")


@ON_SQLITE
def test_an_address_or_a_link_stands_on_the_line_of_its_header_however_long(app: Flask) -> None:
    host = f"{'a' * 60}.example.org"
    headers = {
        "To": f"zoe@{host}",
        "Reply-To": f"ada@{host}",
        "Message-ID": f"<1@{host}>",
        "List-Unsubscribe": f"<https://{host}/not-me/>",
    }
    to, reply_to, number, page = headers.values()
    sent = as_mail("Confirmez", to, "", "", number, reply_to=reply_to, unsubscribe=page.strip("<>")).content
    assert {f"{name}: {value}".encode() for name, value in headers.items()} <= set(sent.split(b"\r\n"))
    assert b"X-Auto-Response-Suppress" not in sent  # somebody reads answers


@ON_SQLITE
def test_the_longest_words_stay_under_twenty_kilobytes(app: Flask) -> None:
    mail = signed_mail(**LONG, role="ü" * 200, organisation="ÿ" * 200)
    assert len(mail) < 20_000
    assert len(read(mail)["Subject"]) <= 150


@ON_SQLITE
def test_it_says_who_it_is_from_and_that_nobody_typed_it(app: Flask) -> None:
    mail = read(signed_mail())
    assert (mail["From"], mail["To"], mail["Auto-Submitted"]) == (
        "tribune@localhost", "zoe@example.org", "auto-generated",
    )  # fmt: skip
    assert mail["Date"].datetime.tzinfo and re.fullmatch(r"<[0-9a-f]{32}@localhost>", mail["Message-ID"])
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"  # not NDR: what cannot be delivered comes back


@ON_SQLITE
def test_the_name_of_the_site_is_in_any_alphabet(make_app: Callable[..., Flask]) -> None:
    sender = '"Collectif d’associations, pour des rues où l’on joue, marche, parle et respire" <t@example.org>'
    with make_app(MAIL_DEFAULT_SENDER=sender).app_context():
        mail = signed_mail(str(LONG["title"]))
        assert str(make_header(decode_header(message_from_bytes(mail)["From"]))) == sender.replace('"', "")
        words = [line.split(b" ", 1)[1] for line in mail.splitlines() if b"=?utf-8" in line]
        assert mail.isascii() and len(words) > 4 and max(map(len, words)) <= 75  # RFC 2047
        assert b"\r\nFrom: =?utf-8" in mail  # begins beside its name, not on the next line


@ON_SQLITE
def test_a_line_break_in_a_header_makes_no_mail(app: Flask) -> None:
    for place, broken in product(range(5), ("\r\n", "\n", "\r")):
        values = ["Confirmez", "zoe@example.org", "<1@example.org>", "ada@example.org", "Alice"]
        values[place] += f"{broken}Bcc: victim@example.org"
        subject, to, message_id, answers, name = values
        with pytest.raises(ValueError, match="line break"):
            as_mail(subject, to, "Un texte.\n", "<p>Un texte.</p>", message_id, reply_to=answers, sender_name=name)


@given(st.text())
@example(f"--{BOUNDARY}--\n\n--{BOUNDARY}\n")
def test_words_arrive_as_they_were_written(words: str) -> None:
    app = Flask(__name__)
    app.config["MAIL_DEFAULT_SENDER"] = "t@example.org"
    words = "\n".join(re.split(r"\r\n|\r|\n", words.replace("\x00", "")))
    with app.app_context():
        sent = as_mail("Confirmez", "zoe@example.org", words, words, "<1@example.org>").content
    assert max(map(len, sent.split(b"\r\n"))) <= 78 and b"\n" not in sent.replace(b"\r\n", b"")
    parts = [part.get_payload(decode=True) for part in read(sent).iter_parts()]
    assert parts == [words.replace("\n", "\r\n").encode()] * 2


@ON_SQLITE
@pytest.mark.parametrize(
    "title",
    [
        "Bonjour\r\nBcc: victim@example.org",
        "Bonjour\nBcc: victim@example.org\n\nAutre texte",
        "Bonjour\rBcc: victim@example.org",
        "Bonjour\u2028Bcc: victim@example.org",
        "Bonjour\x0bBcc: victim@example.org",
        "\r\n\r\nBcc: victim@example.org",
    ],
)
def test_a_title_never_becomes_a_header(app: Flask, title: str) -> None:
    mail = read(signed_mail(title))
    assert mail["Bcc"] is None and mail["To"] == "zoe@example.org"
    assert mail.get_all("Subject") == [mail["Subject"]]
    # The standard library may fold right after "Subject:"; the space that begins the next line is not part of it.
    subject = mail["Subject"].strip()
    assert subject.startswith("Confirmez votre signature") and subject.isprintable()


@ON_SQLITE
def test_what_people_type_is_never_taken_for_a_link_of_ours(app: Flask) -> None:
    mail = read(signed_mail(given_name="[[confirm]]", family_name="[[not_me]]", role="<a href='[[confirm]]'>"))
    assert part(mail, "plain").count("/signatures/confirm/") == 1
    assert part(mail, "html").count("/signatures/confirm/") == 1
    assert "[[confirm]] [[not_me]]" in part(mail, "plain") and "<a href='" not in part(mail, "html")


@given(st.text())
def test_filling_in_links_leaves_all_other_text_as_it_was(text: str) -> None:
    quoted = text.replace("[[", "((")
    assert fill_in(f"{quoted}\n[[confirm]]\n", {"confirm": "http://x"}) == f"{quoted}\nhttp://x\n"


OURS = ("[[confirm]]", "x\n[[confirm]]\ny", '<a href="[[confirm]]">', "[[code]]", '<b class="code">[[code]]</b>')
NOT_OURS = (
    *("x [[confirm]]", "[[confirm]] x", "[[confirm]]\r", "[[[confirm]]", "[[con firm]]", "[[]]", "[[unknown]]"),
    *("<a href='[[confirm]]'>", '<a href="x[[confirm]]">', '<a href="[[confirm]]', '"[[confirm]]"'),
    *('<b class="code">[[confirm]]</b>', "<b>[[code]]</b>", '<b class="code">[[code]] </b>'),
)


def test_links_are_filled_in_where_we_write_them_and_nowhere_else() -> None:
    for text in (*OURS, *NOT_OURS):
        filled = text.replace("[[confirm]]", "http://x").replace("[[code]]", "123 456") if text in OURS else text
        assert fill_in(text, {"confirm": "http://x", "code": "123 456"}) == filled, text


@ON_SQLITE
@pytest.mark.parametrize(("locale", "words"), [("fr", "Confirmer ma signature"), ("en", "Confirm my signature")])
def test_it_speaks_the_language_of_the_form(client: Reader, locale: str, words: str) -> None:
    make_letter(slug="rues")
    client.sign("rues", lang=locale)
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.locale, words in (message.text or ""), words in (message.html or "")) == (locale, True, True)
    for tag in ("html", "div"):  # webmail drops the first
        assert f'<{tag} lang="{locale}">' in (message.html or "")


@ON_SQLITE
def test_words_wait_without_a_link_that_works(app: Flask) -> None:
    signed_words = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": ""}
    sign(make_letter(), email="zoe@example.org", published=True, news=False, capacity="personal", **signed_words)
    message = db.session.scalars(sa.select(Message)).one()
    assert "http" not in f"{message.text}{message.html}{message.links}".replace("http-equiv", "")


@pytest.fixture(autouse=True)
def empty_mailbox(tmp_path: Path) -> Iterator[None]:
    yield
    for file in (tmp_path / "mailbox").glob("*.part"):
        pytest.fail(f"half a mail was left: {file.name}")


@ON_SQLITE
def test_the_mail_promises_to_print_only_what_will_be_printed(app: Flask) -> None:
    assert "affichée dans la liste publique" in part(read(signed_mail()), "plain")


@ON_SQLITE
@pytest.mark.parametrize("site", ["casino-win.com", "Casino-Win.Com"])
def test_the_mail_holds_no_name_of_a_site_that_a_stranger_typed(app: Flask, site: str) -> None:
    words = part(read(signed_mail(organisation=site)), "plain")
    assert "Zoé Évrard" in words and "asino" not in words


@ON_SQLITE
def test_a_line_stands_in_the_mail_as_it_was_typed(app: Flask) -> None:
    assert "Zoé Évrard" in part(read(signed_mail()), "plain").splitlines()


@ON_SQLITE
def test_nothing_typed_becomes_a_place_for_a_link_of_ours(app: Flask) -> None:
    reason, signature = (
        " ".join(["x" * 70, "[[confirm]]", "x" * 70, "[[mine]]", "x" * 70]),
        make_signature(make_letter()),
    )
    lines = compose_hidden(signature, reason).text.splitlines()
    ours = "[[mine]]"  # after theirs
    assert " [[confirm]]" in lines and [line for line in lines if line.strip() == ours] == [f" {ours}", ours]


@ON_SQLITE
def test_a_name_that_is_the_mark_of_a_link_is_words(app: Flask) -> None:
    signature = make_signature(make_letter(contact="a@example.org"), given_name="", family_name="[[mine]]")
    hidden = compose_hidden(signature, "Un essai.")
    with write():
        post_found([signature], "zoe@example.org", "fr")
    found = db.session.scalars(sa.select(Message)).one()
    assert (hidden.html.count("[[mine]]"), hidden.text.count("\n[[mine]]")) == (2, 1)  # in words, and in our button
    assert "<p>[[mine]]</p>" in hidden.html and "<p>[[mine]]</p>" in (found.html or "")


@ON_SQLITE
def test_spaces_that_no_line_breaks_at_stay_in_the_html(app: Flask) -> None:
    page = part(read(signed_mail()), "html")
    assert "encore ouverte\u202f?" in page and "confirme aussi\u00a0:" in page


@ON_SQLITE
@pytest.mark.parametrize("lure", ["Mediapart.fr", "Appelez le 01 99 00 12 34", "Appelez\u00a0: +33 (0)199-001-234"])
def test_a_line_that_may_lure_who_reads_it_is_shortened_and_said_to_be(app: Flask, lure: str) -> None:
    text = " ".join(part(read(signed_mail(organisation=lure)), "plain").split())
    assert lure[:7] not in text and "avec la fonction et l’organisation que vous avez indiquées" in text


@ON_SQLITE
def test_years_are_no_telephone_number(app: Flask) -> None:
    assert "maire de 2001-2008 puis 2014" in part(read(signed_mail(role="maire de 2001-2008 puis 2014")), "plain")
