"""Who may open what, proved over the URL map: a page added tomorrow is guarded, or fails here."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from tests.addresses import NAMES, address, build, rules
from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    make_letter,
    make_member,
    make_organiser,
    owner_of,
)
from tests.objects import NOBODYS, OBJECTS
from tests.page import Reader
from tribune.audit.models import Event, Verb
from tribune.database import now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.organisers.models import FRESH
from tribune.teams.models import Role

OPEN_TO_ORGANISERS_TO_BE = {
    "organisers.log_in",
    "organisers.link_sent",
    "organisers.enter",
    "organisers.new_account",
    "organisers.log_out",  # whose log-in was ended elsewhere presses it too
    "teams.join",
    "accounts.options",
    "accounts.prove",
}
# All else about a letter or a team is for editors: who declares another role by mistake reads so here.
VIEWERS = set(
    """
    manage.preview manage_desk.desk manage_teams.team manage_teams.leave manage_audit.log manage_audit.team_log
    manage_exports.files manage_exports.invitations_csv manage_exports.invitations_xlsx manage_exports.letter_pdf
    manage_exports.press manage_exports.press_html
    manage_exports.press_md manage_exports.press_txt manage_exports.signatures_csv manage_exports.signatures_xlsx
    manage_history.addenda manage_history.withheld manage_invitations.board manage_invitations.person
    manage_moderation.table manage_moderation.batches manage_moderation.batch manage_notices.records
    manage_organisations.spellings manage_organisations.under_way manage_people.first manage_people.line
    manage_people.signature manage_review.review
    """.split()
)
OWNERS = set(
    """
    manage.delete manage_mine.erase manage_audit.log_csv manage_audit.team_log_csv manage_exports.addresses
    manage_exports.all_addresses_csv manage_exports.all_addresses_xlsx manage_teams.invite manage_teams.member
    manage_teams.remove manage_teams.rename manage_teams.revoke manage_teams.send_again manage_teams.transfer
    """.split()
)
# What nobody does in a browser that was left open.
PROVED_AGAIN = set(
    """
    manage.delete manage_mine.erase manage_asking.begin manage_asking.remind manage_teams.transfer
    manage_exports.addresses manage_exports.all_addresses_csv manage_exports.all_addresses_xlsx manage_invitations.send
    manage_invitations.remind manage_accounts.delete manage_accounts.keep_passkey manage_accounts.passkey_options
    manage_accounts.remove_passkey manage_notices.disclose manage_notices.put_back manage_notices.taken_down
    manage_notices.withheld manage_site.banner manage_site.findings manage_site.signing manage_site.site
    """.split()
)
# Empty forms, by whoever may send them.
MENDED = {("manage_notices.taken_down", "POST"): {422}, ("manage_notices.withheld", "POST"): {422}}


@ON_SQLITE
def test_every_address_is_of_readers_or_of_organisers(app: Flask) -> None:
    endpoints = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    assert endpoints - {"static"} <= NAMES[0] | NAMES[1]
    assert NAMES[0].isdisjoint(NAMES[1])


@ON_SQLITE
def test_below_manage_are_the_organisers_pages_and_only_they(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith("/manage/") is (
            rule.endpoint.partition(".")[0] in NAMES[1] - {"organisers", "teams", "accounts"}
        )


@ON_SQLITE
def test_every_page_of_the_organisers_asks_for_a_log_in(app: Flask, client: Reader, letter: Letter) -> None:
    asked = [rule for rule in rules(app, NAMES[1]) if rule.endpoint not in OPEN_TO_ORGANISERS_TO_BE]
    assert len(asked) >= 4
    for rule in asked:
        for method in (rule.methods or set()) - {"OPTIONS"}:
            app.config["WTF_CSRF_ENABLED"] = False  # so that nothing but the log-in stands in the way
            answer = client.open(address(app, rule, letter), method=method)
            assert (answer.status_code, answer.location) == (303, "/organisers/log-in"), f"{method} {rule}"


def managed(app: Flask) -> Iterator[tuple[Rule, Role | None, str]]:
    """Each address below /manage and method that acts, with the role its view declares."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/manage/"):
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield rule, app.view_functions[rule.endpoint].needs, method  # type: ignore[attr-defined]


@ON_SQLITE
def test_every_page_below_manage_declares_who_may_open_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/manage/"):
            assert hasattr(app.view_functions[rule.endpoint], "needs"), f"{rule.endpoint}: add @needs(…) above the view"
            about_a_team = rule.arguments & {"letter_id", "team_id"}
            assert (app.view_functions[rule.endpoint].needs is None) is not bool(about_a_team), rule  # type: ignore[attr-defined]


@ON_SQLITE
def test_each_page_declares_the_role_that_was_meant_for_it(app: Flask) -> None:
    declared: dict[Role | None, set[str]] = {}
    for rule, needed, _ in managed(app):
        declared.setdefault(needed, set()).add(rule.endpoint)
    assert (declared[Role.VIEWER], declared[Role.OWNER]) == (VIEWERS, OWNERS)
    sends = {rule.endpoint for rule, needed, method in managed(app) if method != "GET" and needed is Role.VIEWER}
    assert sends == {"manage_teams.leave"}
    assert {rule.endpoint for rule, *_ in managed(app) if app.view_functions[rule.endpoint].fresh} == PROVED_AGAIN  # type: ignore[attr-defined]


def test_what_is_for_administrators_does_not_exist_for_others(app: Flask, client: Reader, letter: Letter) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    theirs = [(rule, method) for rule, _, method in managed(app) if app.view_functions[rule.endpoint].administrator]  # type: ignore[attr-defined]
    assert {rule.rule for rule, _ in theirs} == {
        rule.rule for rule, *_ in managed(app) if rule.rule.startswith("/manage/site")
    }
    assert len(theirs) >= 4
    me = owner_of(letter)
    client.log_in(me)
    for named in ([], ["somebody@example.org"], [me.email]):
        app.config["ADMINISTRATORS"] = named
        for rule, method in theirs:
            status = client.open(rule.rule, method=method).status_code
            assert (
                (status in MENDED.get((rule.endpoint, method), {200, 303})) if me.email in named else status == 404
            ), f"{method} {rule}"
    with time_machine.travel(now() + FRESH + timedelta(seconds=1)):
        for rule, method in theirs:
            assert "/organisers/prove" in client.open(rule.rule, method=method).location, f"{method} {rule}"


@pytest.mark.parametrize(
    ("database_url", "role"),
    [("sqlite", Role.VIEWER), ("sqlite", Role.EDITOR), ("postgresql", Role.OWNER)],  # the last opens every page
    indirect=["database_url"],
)
def test_a_member_opens_what_their_role_reaches_and_nothing_else(app: Flask, client: Reader, role: Role) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    member = make_organiser()
    client.log_in(member)
    letter = make_letter()
    make_member(letter, role, member)
    for rule, needed, method in managed(app):
        if needed is not None:
            values = {name: OBJECTS[name](letter, member) for name in rule.arguments}
            answer = client.open(build(app, rule, values), method=method)
            assert answer.location != "/organisers/log-in", f"{role} {method} {rule}"
            if not role.reaches(needed):
                assert answer.status_code == 403, f"{role} {method} {rule}"
                continue
            assert answer.status_code not in {403, 404, 405, 500}, f"{role} {method} {rule}"
            if method != "GET":  # it may have acted: the next address is asked about a letter as good as new
                letter = make_letter()
                make_member(letter, role, member)


@ON_SQLITE
def test_what_belongs_to_another_team_or_letter_or_to_nobody_does_not_exist(app: Flask, client: Reader) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    mine, theirs = make_letter(), make_letter()
    me, them = owner_of(mine), owner_of(theirs)
    mine_too = make_letter(me)
    client.log_in(me)
    for rule, _, method in managed(app):
        for name in rule.arguments:
            others, told = [OBJECTS[name](theirs, them), NOBODYS.get(name)], set()
            if "letter_id" in rule.arguments - {name}:
                others.append(OBJECTS[name](mine_too, me))
            for other in filter(None, others):
                values = {**{each: OBJECTS[each](mine, me) for each in rule.arguments}, name: other}
                path = build(app, rule, values)
                answer = client.open(path, method=method)
                assert answer.status_code == 404, f"{method} {rule} with {name} of another"
                told.add(answer.text.replace(path, ""))
            assert len(told) == 1, f"{method} {rule} tells of {name} that it is another's"


@ON_SQLITE
def test_every_page_of_the_organisers_is_kept_by_nobody(app: Flask, client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    for rule in rules(app, NAMES[1]):
        if "GET" in (rule.methods or set()):
            answer = client.get(address(app, rule, letter))
            assert answer.headers["Cache-Control"] == "no-store", rule


@ON_SQLITE
def test_every_button_of_the_organisers_needs_its_own_page(app: Flask, client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    buttons = [rule for rule in rules(app, NAMES[1]) if "POST" in (rule.methods or set())]
    assert len(buttons) >= 3
    for rule in buttons:
        answer = client.post(address(app, rule, letter), data={"email": "x@example.org"})
        assert answer.status_code == 400, rule
        assert "CSRF" not in answer.text  # our words, not the library's
    assert client.get("/manage/").status_code == 200  # still in: no button did anything


def test_no_page_of_readers_reads_a_cookie_of_the_session(app: Flask, client: Reader, letter: Letter) -> None:
    app.config["OPERATOR_CONTACT"] = "operator@example.org"  # without whom there is no security.txt
    app.config["METRICS_TOKEN"] = "a token"  # without which there are no /metrics
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer a token"
    seen = 0
    for rule in rules(app, NAMES[0]):
        if "GET" in (rule.methods or set()):
            answer, seen = client.get(address(app, rule, letter)), seen + 1
            assert answer.status_code in {200, 204}, rule  # 204: nothing to prove
            assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", ""), rule
    assert seen >= 10


@ON_SQLITE
def test_every_text_says_what_it_is_and_in_which_encoding(app: Flask, client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    for rule in rules(app, NAMES[0] | NAMES[1]):
        if "GET" in (rule.methods or set()):
            answer = client.get(address(app, rule, letter))
            if answer.data:
                assert answer.mimetype, rule
                assert answer.mimetype.partition("/")[0] != "text" or answer.mimetype_params["charset"] == "utf-8", rule


@ON_SQLITE
@pytest.mark.usefixtures("early_in_the_hour")
def test_an_organiser_reads_public_pages_as_everybody_does(app: Flask, client: Reader, letter: Letter) -> None:
    stranger = app.test_client()
    client.log_in(owner_of(letter))
    for rule in rules(app, {"letters", "exports"}):
        path = address(app, rule, letter)
        assert client.get(path).data == stranger.get(path).data


@ON_SQLITE
def test_nothing_is_changed_by_looking_and_a_head_answers_as_a_get(app: Flask, client: Reader, letter: Letter) -> None:
    stranger = app.test_client()
    client.log_in(owner_of(letter))
    paths = [address(app, rule, letter) for rule in rules(app, NAMES[0] | NAMES[1])]
    before = everything()
    for reader, path in product((stranger, client), paths):
        reader.options(path)
        assert reader.head(path).status_code == reader.get(path).status_code, path
    with write() as session:  # of all that, what docs/architecture.md says
        session.execute(sa.delete(Event).where(Event.verb == Verb.EXPORTED))
        session.execute(sa.update(Invitation).values(opened_at=None))
    assert everything() == before


@ON_SQLITE
def test_the_mailbox_in_the_browser_is_for_development_alone(app: Flask, client: Reader) -> None:
    assert client.get("/dev/mailbox").status_code == 404
