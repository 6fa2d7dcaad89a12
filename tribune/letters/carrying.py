"""Which team carries a letter: transferred to another, and what happens to teams when an account is deleted."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.database import Base, db, now, write
from tribune.letters import queries
from tribune.letters.models import Draft, Letter
from tribune.organisers import actions as organisers
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import is_of_mailbox, is_plain
from tribune.outbox.models import QUESTION, Message
from tribune.outbox.unsent import answer_no_more, drop_waiting
from tribune.statements import UNREAD, count_of, there_is
from tribune.teams import actions as teams
from tribune.teams import invitations, mails
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import members_of, memberships_of, open_invitations, owned_by_others


class Tie(NamedTuple):
    """Why an account cannot be deleted: it alone owns this team, which has letters or other members."""

    team: Team
    letters: int
    others: int


class StillTied(Exception):
    """The account alone owns a team that has letters or other members."""


def transfer(letter: Letter, into: Team, *, by: Organiser) -> None:
    """Transfer a letter to another team of this organiser. Raises NotAllowed.

    Both teams log it; the team that gave it up keeps its log of what happened before.
    """
    with write():
        queries.lock(letter)
        giver = letter.team
        if giver.id == into.id:
            return
        for team, needed in sorted([(giver, Role.OWNER), (into, Role.EDITOR)], key=lambda each: each[0].id):
            teams.lock(team.id, by=by, needed=needed)
        letter.team_id = into.id
        for team_id, letter_id in ((giver.id, None), (into.id, letter.id)):
            record(
                Verb.LETTER_TRANSFERRED,
                team_id=team_id,
                by=by,
                letter_id=letter_id,
                subject=letter.version.title,
                before=giver.name,
                after=into.name,
            )


def has_private_links(team: Team) -> bool:
    """Whether a private link still opens an unpublished letter of the team: a former member may have kept it."""
    unseen = sa.or_(Letter.published_at.is_(None), Letter.published_at > now())
    return there_is(Letter.team_id == team.id, Letter.preview_nonce.is_not(None), unseen)


def named_in(team: Team, organiser: Organiser) -> Sequence[Letter]:
    """Return the letters of the team whose contact, which receives answers, is their address, in any spelling."""
    theirs = Letter.team_id == team.id, Letter.contact.in_(_spellings(organiser, Letter.team_id == team.id))
    return queries.titled(*theirs)


def answered_for(team: Team, organiser: Organiser) -> Sequence[Letter]:
    """Return the letters of the team that name them, and nobody else, as responsible for the data."""
    return queries.titled(Letter.team_id == team.id, Letter.controller != "", Letter.controller == organiser.name)


def _spellings(organiser: Organiser, *which: sa.ColumnElement[bool]) -> list[str]:
    """Return the contacts of the letters that meet these conditions which are spellings of their address."""
    contacts = db.session.scalars(sa.select(Letter.contact).where(*which, Letter.contact != "").distinct())
    return [each for each in contacts if is_of_mailbox(each, organiser.mailbox_key)]


def letter_count(team: Team) -> int:
    """Return how many letters a team carries."""
    return count_of(Letter.team_id == team.id)


def sizes(organiser: Organiser) -> list[tuple[Membership, int, int]]:
    """Return every membership of this organiser, oldest first, with how many members and letters its team has."""
    each = aliased(Membership)
    members = sa.select(sa.func.count(each.id)).where(each.team_id == Membership.team_id).scalar_subquery()
    letters = sa.select(sa.func.count(Letter.id)).where(Letter.team_id == Membership.team_id).scalar_subquery()
    sized = sa.select(Membership, members, letters).where(Membership.organiser_id == organiser.id)
    return [(mine, *both) for mine, *both in db.session.execute(sized.order_by(Membership.id))]


def leave(team: Team, *, by: Organiser) -> None:
    """Leave the team; one without letters is deleted with its last member. Raises NotAllowed or LastOwner."""
    with write():
        membership = teams.lock(team.id, by=by, needed=Role.VIEWER)
        if len(members_of(team)) > 1 or letter_count(team):
            teams.leave(team, by=by)
            return
        _dissolve(membership)
        teams.give_a_home(by)


def ties_of(organiser: Organiser) -> list[Tie]:
    """Return the teams that keep this account from being deleted."""
    safe = owned_by_others(organiser)
    owned = [each for each in sizes(organiser) if each[0].role is Role.OWNER and each[0].team_id not in safe]
    return [Tie(mine.team, letters, members - 1) for mine, members, letters in owned if members > 1 or letters]


def delete_account(organiser: Organiser) -> None:
    """Delete the account, its log-ins, passkeys, drafts, memberships and address, and teams without other members.

    The logs of other teams keep its name. Raises StillTied.
    """
    with write() as session:
        mine = sa.select(Membership.team_id).where(Membership.organiser_id == organiser.id)
        # Also in teams they have left, unless the address is like zoe+x@…, which may not belong to the owner of zoe@…
        of_these = sa.true() if is_plain(organiser.email) else Letter.team_id.in_(mine)
        _lock_what_names_them(organiser, of_these)
        emptied = _forget_contact(organiser, of_these)
        concerned = sa.or_(Team.id.in_(mine), Team.id.in_({team_id for _, team_id in emptied}))
        teams_of_theirs = sa.select(Team.id).where(concerned).order_by(Team.id).with_for_update()
        # Locked after the letters, as in `transfer`, and before the log, whose lines lock teams and people they name.
        session.execute(teams_of_theirs)
        session.execute(sa.select(Organiser.id).where(Organiser.id == organiser.id).with_for_update())
        session.execute(teams_of_theirs)  # also those joined meanwhile; from here on they can join no team, nor log in
        if ties_of(organiser):
            raise StillTied
        for letter_id, team_id in emptied:
            record(Verb.LETTER_EDITED, team_id=team_id, by=organiser, letter_id=letter_id, fields=["contact"])
        for membership in memberships_of(organiser):
            if len(members_of(membership.team)) > 1:
                teams.take_out(membership, Verb.MEMBER_LEFT, organiser)
            else:
                _dissolve(membership)
        session.flush()
        invitations.forget(organiser)
        organisers.forget(organiser)


def _lock_what_names_them(organiser: Organiser, of_these: sa.ColumnElement[bool]) -> None:
    """Lock the letters among these whose contact they are, then their batches, each by id, before all else: lock order.

    So invitations that are being sent with this contact are there to be changed, and a piece of a batch, which keeps
    the batch locked while it waits for the team and the log, comes before or after.
    """
    theirs = sa.select(Letter).where(of_these, Letter.contact.in_(_spellings(organiser, of_these)))
    for letter in db.session.scalars(theirs.order_by(Letter.id)).all():
        queries.lock(letter)
    batches = Base.metadata.tables["batches"]  # of an area that this one does not know
    begun = sa.select(batches.c.id).where(batches.c.organiser_id == organiser.id)
    db.session.execute(begun.order_by(batches.c.id).with_for_update())


def _forget_contact(organiser: Organiser, of_these: sa.ColumnElement[bool]) -> Sequence[tuple[int, int]]:
    """Empty the contact of these letters where it is their address, in any spelling; the team has to give another.

    The revision rises, so that no form opened before writes it back. Waiting mails, even paused ones, no longer name it
    for answers, and questions to them are not sent: the team reads those beside the invitation. Returns (letter id,
    team id) of each letter that had it.
    """
    spellings = _spellings(organiser, of_these)
    letters = sa.update(Letter).where(of_these, Letter.contact.in_(spellings))
    emptied = letters.values(contact="", revision=Letter.revision + 1).returning(Letter.id, Letter.team_id)
    had_it = [(letter_id, team_id) for letter_id, team_id in db.session.execute(emptied, execution_options=UNREAD)]
    drafts = sa.select(Draft).where(Draft.letter_id.in_([letter_id for letter_id, _ in had_it])).with_for_update()
    for draft in db.session.scalars(drafts):  # other organisers' drafts hold every field, the contact too
        if is_of_mailbox(draft.content.get("contact", ""), organiser.mailbox_key):
            draft.content = {**draft.content, "contact": ""}
    to_them = Message.mailbox_key == organiser.mailbox_key
    drop_waiting(
        QUESTION, to_them if is_plain(organiser.email) else Message.recipient.in_([organiser.email, *spellings])
    )
    answer_no_more(organiser.mailbox_key, Message.about.in_(sa.select(Letter.id).where(of_these)))
    return had_it


def _dissolve(last: Membership) -> None:
    """Delete a team without letters, with its last member.

    Log lines about transferred letters go to the team that has them.
    """
    session, team = db.session, last.team
    session.delete(last)
    session.flush()
    now_in = sa.select(Letter.team_id).where(Letter.id == Event.letter_id).scalar_subquery()
    of_letters = Event.team_id == team.id, Event.letter_id.is_not(None)
    session.execute(sa.update(Event).where(*of_letters).values(team_id=now_in), execution_options=UNREAD)
    for invitation in open_invitations(team):
        mails.drop_invitation(invitation)
    for model in (Event, TeamInvitation):
        session.execute(sa.delete(model).where(model.team_id == team.id), execution_options=UNREAD)
    session.delete(team)
    session.flush()
