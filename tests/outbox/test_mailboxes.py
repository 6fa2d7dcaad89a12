"""Which spellings of an address reach one mailbox, and which addresses mail can be sent to."""

import pytest
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tribune.outbox.mailboxes import LONGEST, AddressRefused, canonical, deliverable, mailbox_key, registered_domain

ATOMS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=1, max_size=12)
TAGS = st.text("abcABC0123+._-", max_size=8).map(lambda tag: tag.replace(".", "x"))
DOMAINS = st.sampled_from(["example.org", "gmail.com", "googlemail.com", "écoles.example.org", "a-b.example.co.uk"])


@pytest.mark.parametrize(
    "spelling",
    [
        "zoe@example.org",
        "ZOE@EXAMPLE.ORG",
        "Zoe@Example.Org",
        "zoe+tribune@example.org",
        "zoe+a+b@example.org",
        "Zoe+@example.org",
    ],
)
def test_case_and_tags_reach_the_same_mailbox(spelling: str) -> None:
    assert canonical(deliverable(spelling)) == "zoe@example.org"


@pytest.mark.parametrize("spelling", ["z.o.e@gmail.com", "zoe@googlemail.com", "Z.Oe+x@GoogleMail.com"])
def test_gmail_ignores_dots_and_has_two_names(spelling: str) -> None:
    assert canonical(deliverable(spelling)) == "zoe@gmail.com"


def test_dots_count_everywhere_else() -> None:
    assert canonical("z.oe@example.org") != canonical("zoe@example.org")


def test_a_domain_in_two_alphabets_is_one_domain() -> None:
    assert deliverable("zoe@écoles.example.org") == deliverable("zoe@XN--coles-9ra.example.org")
    assert deliverable("zoe@E\u0301COLES.example.org") == deliverable("zoe@écoles.example.org")  # É in two code points


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("example.org", "example.org"),
        ("A.b.Example.org", "example.org"),
        ("mail.ville.example.fr", "example.fr"),
        ("a.example.gouv.fr", "example.gouv.fr"),
        ("example.co.uk", "example.co.uk"),
        ("a.example.qc.ca", "example.qc.ca"),
        ("asso.example", "asso.example"),
        ("com.example.com", "example.com"),
    ],
)
def test_subdomains_are_of_the_domain_that_was_registered(domain: str, registered: str) -> None:
    assert registered_domain(f"zoe@{domain}") == registered


LOCALS = st.text("azAZ09_-.+' @\"é", max_size=8) | st.sampled_from(["Postmaster", "postmaster", "a" * 64, "a" * 65])
ENDS = st.text("az09-.é ", max_size=8).map("example{}.org".format) | DOMAINS | st.just(f"{'b' * 60}." * 4 + "org")


@settings(max_examples=500)
@given(LOCALS, ENDS)
def test_an_ordinary_address_is_looked_at_as_closely_as_any_other(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    try:
        found = validate_email(address, allow_smtputf8=False, strict=True, check_deliverability=False).ascii_email
    except EmailNotValidError:
        found = None
    try:
        assert deliverable(address) == found
    except AddressRefused:
        assert found is None


def test_mail_goes_to_the_address_as_it_was_typed_with_its_domain_in_ascii() -> None:
    assert deliverable("Zoe.E+x@Écoles.example.org") == "Zoe.E+x@xn--coles-9ra.example.org"


@pytest.mark.parametrize(
    "text",
    [
        "", "zoe", "zoe@", "@example.org", "zoe@example", "zoe@@example.org", "zoe@example..org", "a b@example.org",
        "zoé@example.org", "zoe@example.org\r\nBcc: x@example.org", "zoe@example.org,x@example.org", "zoe@localhost",
        "Zoé <zoe@example.org>", "zoe@[127.0.0.1]", "zoe\0@example.org", "zoe\udc80@example.org",
        f"{'a' * 65}@example.org", f"a@{'b' * 250}.org", "=?utf-8?q?zoe=40example.com=2C?=@example.org",
    ],
)  # fmt: skip
def test_what_mail_cannot_be_sent_to_is_refused(text: str) -> None:
    with pytest.raises(AddressRefused):
        deliverable(text)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = deliverable(text)
    except AddressRefused:
        return
    assert address.isascii() and address.isprintable() and len(address) <= LONGEST


@given(ATOMS, TAGS, DOMAINS)
def test_a_tag_and_the_case_never_make_another_person(local: str, tag: str, domain: str) -> None:
    assert canonical(deliverable(f"{local}+{tag}@{domain}".swapcase())) == canonical(deliverable(f"{local}@{domain}"))


@given(ATOMS, ATOMS, DOMAINS)
def test_different_names_are_different_people(one: str, other: str, domain: str) -> None:
    same = one.casefold() == other.casefold()
    assert (canonical(deliverable(f"{one}@{domain}")) == canonical(deliverable(f"{other}@{domain}"))) is same


@given(ATOMS, TAGS, DOMAINS)
def test_the_canonical_spelling_is_its_own(local: str, tag: str, domain: str) -> None:
    found = canonical(deliverable(f"{local}+{tag}@{domain}"))
    assert canonical(found) == found


@ON_SQLITE
def test_a_key_says_nothing_about_the_address_and_is_of_this_site_alone(app: Flask) -> None:
    app.extensions["tribune_site_key"] = b"1" * 32  # not drawn: with one in 800 "zoe" is there by chance
    key = mailbox_key("zoe@example.org")
    assert key == mailbox_key("Zoe+x@EXAMPLE.org") != mailbox_key("zoe@example.com")
    assert len(key) == 43 and "zoe" not in key.lower()
    app.extensions["tribune_site_key"] = bytes(32)  # as on another site
    assert mailbox_key("zoe@example.org") != key


@ON_SQLITE
def test_people_keep_their_key_when_the_secret_key_changes(app: Flask) -> None:
    key = mailbox_key("zoe@example.org")
    app.extensions.pop("tribune_site_key")
    app.config["SECRET_KEY"] = "another"
    assert mailbox_key("zoe@example.org") == key
