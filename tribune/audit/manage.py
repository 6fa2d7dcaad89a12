"""The log of a letter and of a team, on pages and as files."""

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue

from tribune.abuse.shedding import Importance, giving_way, matters
from tribune.audit.models import GROUPS, Event
from tribune.audit.queries import LogFilter, every_event, log_page, people_of
from tribune.audit.words import sentence, who
from tribune.clocks import HOME, clock, named_clock
from tribune.exports.answer import asked_delimiter, csv_answer
from tribune.exports.spreadsheet import csv_parts, moment, safe
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.letters.queries import titled
from tribune.retention.periods import LOG
from tribune.teams.guard import manage_blueprint, my_team, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_audit", __name__)

COLUMNS = ["at", "who", "verb", "what", "reason", "letter"]


@bp.get("/letters/<int:letter_id>/log")
@needs(Role.VIEWER)
def log(letter_id: int) -> ResponseReturnValue:
    """What was done to a letter and its signatures, whichever team carried it then."""
    letter = my_letter(letter_id)
    return _page("audit/log.html", Event.letter_id == letter.id, letter.zone, letter=letter)


@bp.get("/teams/<int:team_id>/log")
@needs(Role.VIEWER)
def team_log(team_id: int) -> ResponseReturnValue:
    """What a team did to itself and to its letters."""
    team = my_team(team_id)
    letters = {letter.id: letter for letter in titled(Letter.team_id == team.id)}
    return _page("audit/team_log.html", Event.team_id == team.id, HOME, team=team, letters=letters)


@bp.get("/letters/<int:letter_id>/log.csv")
@needs(Role.OWNER)
@matters(Importance.FILE)
def log_csv(letter_id: int) -> ResponseReturnValue:
    """The log of a letter as a file."""
    letter = my_letter(letter_id)
    return _file(f"{letter.slug}-log", Event.letter_id == letter.id, letter.zone)


@bp.get("/teams/<int:team_id>/log.csv")
@needs(Role.OWNER)
@matters(Importance.FILE)
def team_log_csv(team_id: int) -> ResponseReturnValue:
    """The log of a team as a file."""
    team = my_team(team_id)
    return _file(f"team-{team.id}-log", Event.team_id == team.id, HOME)


def _page(template: str, log: sa.ColumnElement[bool], zone: ZoneInfo, **about: object) -> str:
    asked = LogFilter.from_args(request.args)
    after = request.args.get("after", "")
    events, next_page = log_page(log, asked, zone, after)
    return render_template(
        template,
        **about,
        asked=asked,
        days=LOG.days,
        after=after,
        events=events,
        groups=GROUPS,
        next_page=next_page,
        people=people_of(log),
        clock=clock(zone),
        zone=zone,
    )


def _file(name: str, log: sa.ColumnElement[bool], zone: ZoneInfo) -> ResponseReturnValue:
    events = every_event(log, LogFilter.from_args(request.args), zone)
    as_cells = partial(_cells, named_clock(zone))
    return csv_answer(name, zone, csv_parts(COLUMNS, giving_way(events), as_cells, asked_delimiter()))


def _cells(named: Callable[..., str], event: Event) -> list[str]:
    reason = event.details.get("reason") or event.details.get("purpose") or ""
    letter = "" if event.letter_id is None else str(event.letter_id)
    return [moment(event.at), safe(who(event)), event.verb, safe(sentence(event, named)), safe(reason), letter]
