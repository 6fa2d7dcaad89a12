"""Acts on an invitation into a team: mail, mail again, revoke, accept."""

from secrets import token_urlsafe

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.organisers import actions as organisers
from tribune.organisers.models import LogIn, Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.mailboxes import deliverable, mailbox_key
from tribune.statements import UNREAD
from tribune.teams import actions, mails
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import membership_of, open_invitation


class AlreadyMember(Exception):
    """This mailbox belongs to a member of the team."""


class NotMailed(Exception):
    """This mailbox may not receive the mail: its budget is used up, or it is suppressed."""


class InvitationSpent(Exception):
    """The invitation was accepted, revoked or never made, or is too old."""


class OtherMailbox(Exception):
    """The invitation is for another mailbox than that of the account logged in."""


def invite(team: Team, email: str, role: Role, *, by: Organiser, locale: str) -> TeamInvitation:
    """Mail an invitation to an address; one that already waits for it takes the new role.

    Raises NotAllowed, AddressRefused, AlreadyMember or NotMailed.
    """
    with write() as session:
        actions.lock(team.id, by=by)
        account = organiser_by_address(email)
        if account is not None and membership_of(account, team.id):
            raise AlreadyMember
        key = mailbox_key(email)
        invitation = open_invitation(team, key)
        if invitation is None:
            invitation = TeamInvitation(team_id=team.id, mailbox_key=key, link_nonce=token_urlsafe(16))
            session.add(invitation)
        invitation.email, invitation.role, invitation.created_at = deliverable(email), role, now()
        session.flush()
        _mail(invitation, by, locale)
    return invitation


def send_again(invitation: TeamInvitation, *, by: Organiser, locale: str) -> None:
    """Mail it once more; its period starts again. Raises NotAllowed, InvitationSpent or NotMailed."""
    with write():
        _lock_open(invitation, by)
        invitation.created_at = now()
        _mail(invitation, by, locale)


def _mail(invitation: TeamInvitation, by: Organiser, locale: str) -> None:
    lock_mailbox(invitation.mailbox_key)  # before its mails, as "it was not me" does
    mails.drop_invitation(invitation)  # the new one replaces it
    if not mails.post_invitation(invitation, by, locale):
        raise NotMailed
    who, role = invitation.called, invitation.role
    record(Verb.MEMBER_INVITED, team_id=invitation.team_id, by=by, subject=who, role=role)


def revoke(invitation: TeamInvitation, *, by: Organiser) -> None:
    """Revoke it: its link no longer works. Raises NotAllowed or InvitationSpent."""
    with write():
        _lock_open(invitation, by)
        actions.revoke(invitation, by)


def _lock_open(invitation: TeamInvitation, by: Organiser) -> None:
    actions.lock(invitation.team_id, by=by)
    db.session.expire(invitation)  # read again, now that nobody changes it
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationSpent


def accept(
    invitation_id: int, nonce: str, *, by: Organiser | None = None, name: str = "", browser: str = ""
) -> tuple[Membership, LogIn | None]:
    """Join the team, once. `by`: the account logged in; `name`: for an account that has to be made.

    Returns the membership, and a log-in only if the account is new: then the mail proved the address. An existing
    account joins, but is entered only as always, since people pass on invitations. Raises InvitationSpent or
    OtherMailbox.
    """
    with write() as session:
        team_id = sa.select(TeamInvitation.team_id).where(TeamInvitation.id == invitation_id).scalar_subquery()
        session.execute(sa.select(Team.id).where(Team.id == team_id).with_for_update())
        invitation = session.get(TeamInvitation, invitation_id, populate_existing=True)
        if invitation is None or invitation.link_nonce != nonce or not invitation.is_waiting:
            raise InvitationSpent
        if by is not None and by.mailbox_key != invitation.mailbox_key:
            raise OtherMailbox
        organiser, log_in = (by, None) if by else _account(invitation.email, name, browser)
        invitation.accepted_at = now()
        mails.drop_invitation(invitation)
        membership = membership_of(organiser, invitation.team_id)
        if membership is None:
            membership = actions.join(invitation.team_id, organiser, invitation.role)
            actions.give_a_home(organiser)
            who, role = organiser.called, invitation.role
            record(Verb.MEMBER_JOINED, team_id=invitation.team_id, by=organiser, subject=who, role=role)
    return membership, log_in


def forget(organiser: Organiser) -> None:
    """Delete the finished invitations to the mailbox of an account that is deleted, in the same transaction.

    One that waits belongs to others, who may still have an answer.
    """
    over = sa.or_(TeamInvitation.accepted_at.is_not(None), TeamInvitation.revoked_at.is_not(None))
    theirs = sa.delete(TeamInvitation).where(TeamInvitation.mailbox_key == organiser.mailbox_key, over)
    db.session.execute(theirs, execution_options=UNREAD)


def _account(email: str, name: str, browser: str) -> tuple[Organiser, LogIn | None]:
    """Return the account of an address; if it is new, with a log-in for this browser."""
    try:
        made = organisers.add(email, name)
    except organisers.AlreadyThere:
        account = organiser_by_address(email)
        return (account, None) if account else _account(email, name, browser)  # deleted since
    return made, organisers.open_log_in(made.id, browser=browser)
