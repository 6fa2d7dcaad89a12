"""Accounts from the shell."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_organiser, posted
from tests.page import Reader
from tribune.notices.actions import block
from tribune.organisers.actions import ask_to_log_in, open_log_in
from tribune.organisers.links import log_in_link
from tribune.organisers.queries import current_log_in, organiser_by_address
from tribune.teams.models import Role


def test_an_account_is_made_and_its_address_printed(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["organisers", "add", "Alice@Example.org", "--name", "Alice Martin"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Alice@example.org")
    organiser = organiser_by_address("alice@example.org")
    assert organiser is not None and organiser.name == "Alice Martin"


def test_one_mailbox_has_one_account(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    run(args=["organisers", "add", "alice@example.org"])
    again = run(args=["organisers", "add", "ALICE+again@example.org"])
    assert (again.exit_code, again.stdout) == (1, "") and "already" in again.stderr


@ON_SQLITE
def test_what_is_no_address_is_refused(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["organisers", "add", "alice"])
    assert (done.exit_code, done.stdout) == (1, "") and "alice" in done.stderr


@ON_SQLITE
def test_a_name_is_tidied_and_one_that_the_form_refuses_is_refused_in_words(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    done = run(args=["organisers", "add", "alice@example.org", "--name", "é" * 101])
    assert (done.exit_code, done.stdout) == (1, "") and "100 characters" in done.stderr
    for name, said in (
        ("Alice \u202enitraM", "cannot be printed"),
        ("Alice" + "\u0302" * 9, "cannot be printed"),
        ("Alice, alice.example.org/a", "Leave addresses"),
        ("Alice 06 12 34 56 78", "Leave addresses"),
    ):
        done = run(args=["organisers", "add", "alice@example.org", "--name", name])
        assert (done.exit_code, done.stdout) == (1, "") and said in done.stderr, name
    assert run(args=["organisers", "add", "alice@example.org", "--name", " Alice\nMartin "]).exit_code == 0
    organiser = organiser_by_address("alice@example.org")
    assert organiser is not None and organiser.name == "Alice Martin"


@ON_SQLITE
def test_a_printed_link_logs_in(app: Flask, client: Reader) -> None:
    run = app.test_cli_runner().invoke
    run(args=["organisers", "add", "alice@example.org"])
    link = run(args=["organisers", "log-in-link", "alice@example.org"]).stdout.strip()
    assert link.startswith("http://localhost/organisers/log-in/")
    path = urlsplit(link).path
    assert client.post(path, data=client.fields(path)).location == "/manage/"


@ON_SQLITE
def test_where_a_port_is_assumed_it_is_said_beside_the_link(app: Flask, make_app: Callable[..., Flask]) -> None:
    make_organiser(email="alice@example.org")
    for url, beside in (("", "TRIBUNE_PUBLIC_URL=http://127.0.0.1:PORT"), ("http://127.0.0.1:5811", "")):
        with make_app(DEVELOPMENT=True, PUBLIC_URL=url).app_context() as context:
            done = context.app.test_cli_runner().invoke(args=["organisers", "log-in-link", "alice@example.org"])
            assert done.stdout.startswith(f"{url or 'http://127.0.0.1:5000'}/organisers/log-in/")
            assert done.stdout.count("\n") == 1 and bool(done.stderr) is bool(beside) and beside in done.stderr


@ON_SQLITE
def test_no_link_is_printed_for_a_stranger(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["organisers", "log-in-link", "nobody@example.org"])
    assert (done.exit_code, done.stdout) == (1, "") and "flask organisers add" in done.stderr


def test_one_account_is_logged_out_everywhere_and_its_links_open_nothing(app: Flask, client: Reader) -> None:
    alice, bob = make_organiser(email="alice@example.org"), make_organiser()
    others = app.test_client()
    assert isinstance(others, Reader)
    client.log_in(alice)
    others.log_in(bob)
    link = urlsplit(log_in_link(alice).url()).path
    for ended in (1, 0):
        done = app.test_cli_runner().invoke(args=["organisers", "log-out", "Alice@example.org"])
        assert (done.exit_code, done.stdout) == (0, f"Log-ins ended: {ended}.\n")
    assert client.get("/manage/").status_code == 303 and others.get("/manage/").status_code == 200
    assert client.get(link).status_code == 410
    unknown = app.test_cli_runner().invoke(args=["organisers", "log-out", "nobody@example.org"])
    assert unknown.exit_code == 1 and "`flask organisers list` shows all" in unknown.stderr


@ON_SQLITE
def test_wrong_usage_is_two(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["organisers", "add"]).exit_code == 2


def test_an_account_that_is_blocked_is_entered_by_nothing_until_it_is_unblocked(app: Flask, client: Reader) -> None:
    alice = make_organiser(email="alice@example.org")
    client.log_in(alice)
    before = urlsplit(log_in_link(alice).url()).path
    run = app.test_cli_runner().invoke
    assert run(args=["organisers", "block", "alice@example.org"]).stdout == "Blocked. Log-ins ended: 1.\n"
    assert client.get("/manage/").location == "/organisers/log-in"
    assert client.post(before, data=client.fields("/organisers/log-in")).status_code == 410
    refused = run(args=["organisers", "log-in-link", "alice@example.org"])
    assert (refused.exit_code, refused.stdout) == (1, "") and "unblock" in refused.stderr
    ask_to_log_in("alice@example.org", "fr")
    assert posted() == []
    at_this_moment = open_log_in(alice.id)  # of who had proved themselves just before
    assert current_log_in(at_this_moment.id) is None
    run(args=["organisers", "unblock", "alice@example.org"])
    ask_to_log_in("alice@example.org", "fr")
    assert [mail.kind for mail in posted()] == ["log_in"]
    again = urlsplit(log_in_link(alice).url()).path
    assert client.post(again, data=client.fields(again)).location == "/manage/"


def test_accounts_are_listed_those_of_a_letter_apart(app: Flask) -> None:
    letter = make_letter(make_organiser(email="alice@example.org", name="Alice Martin"), slug="rues")
    make_member(letter, Role.VIEWER, make_organiser(email="bob@example.org", name=""))
    carla = make_organiser(email="carla@example.org", name="")
    block(carla)
    run = app.test_cli_runner().invoke
    theirs = "alice@example.org\tAlice Martin\t\nbob@example.org\t\t\n"
    assert run(args=["organisers", "list", "--letter", "rues"]).stdout == theirs
    assert run(args=["organisers", "list"]).stdout == f"{theirs}carla@example.org\t\tblocked\n"
    unknown = run(args=["organisers", "list", "--letter", "inconnu"])
    assert (unknown.exit_code, unknown.stdout) == (1, "") and "letters list" in unknown.stderr
