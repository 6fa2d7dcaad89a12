"""Everything held about a signature, for its owner to download."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.invitations.models import Invitation
from tribune.letters.queries import title_of
from tribune.mine.queries import going_along, standing
from tribune.outbox.mailboxes import one_spelling
from tribune.outbox.models import Message
from tribune.signatures.models import Signature
from tribune.signatures.recording import own_line
from tribune.tokens import public_url

COLUMNS = (
    "public_id origin letter_version given_name family_name role organisation printed_organisation affiliation "
    "capacity as_organisation section position line_place email locale published news wording signed_at confirmed_at "
    "attested_at hidden_at counted_at withdrawn_at reminded_at disagreed_at"
).split()
INVITATION = (
    "given_name family_name role organisation affiliation capacity as_organisation section email created_at "
    "forwarded_at invited_at refused_at reminders reminded_at opened_at accepted_at corrected_at declined_at word "
    "question asked_at tell told_at"
).split()
# What was done to it, except what shows suspicion: that would teach people who sign with made-up names.
TOLD = (
    Verb.SIGNATURES_HIDDEN, Verb.SIGNATURES_SHOWN, Verb.SIGNATURE_CORRECTED, Verb.CONFIRMATION_RESENT,
    Verb.FIRST_SIGNATORIES_CHANGED, Verb.SECTION_CHANGED, Verb.LINE_REWORDED, Verb.CONSENT_CHANGED,
    Verb.SIGNATURE_WITHDRAWN, Verb.SIGNATURE_RETURNED, Verb.INVITATION_ATTESTED,
)  # fmt: skip


def everything_held(signature: Signature) -> dict[str, Any]:
    """Return, as JSON values, the letter and all that erasing would delete: this signature and the others of its
    address, each with its history; mails and invitations."""
    letter, others = signature.letter, going_along(signature)
    return {
        "letter": {
            "title": title_of(letter, signature.letter_version),
            "version": signature.letter_version,
            "address": public_url("letters.letter", slug=letter.slug) if letter.is_published else None,
            "controller": letter.controller,
            "contact": letter.contact,
        },
        **_row(signature),
        "other_signatures_of_this_address": [_row(other) for other in others],
        "mails": _mails(signature),
        "invitations": _invitations(signature, others),
    }


def _row(signature: Signature) -> dict[str, Any]:
    held = {name: _plain(getattr(signature, name)) for name in COLUMNS}
    if standing(signature) in ("counts", "hidden") and signature.held_at:
        attested_since = held["signed_at" if signature.origin == "import" else "attested_at"]
        held["counted_at"] = held["confirmed_at"] or attested_since
    return {
        "signature": {**held, "printed_line": own_line(signature), "status": standing(signature)},
        "where_it_was_sent_from": "kept as a keyed hash, for 30 days" if signature.network_hash else None,
        "browser_it_was_sent_from": "kept as a hash of a cookie that lasts a day" if signature.browser_hash else None,
        "history": _history(signature),
    }


def _mails(signature: Signature) -> list[dict[str, Any]]:
    """Return the mails about this letter to this mailbox, whoever caused them; their words are not kept."""
    query = sa.select(Message).where(Message.mailbox_key == signature.mailbox_key, Message.about == signature.letter_id)
    return [
        {"kind": m.kind, "posted_at": _plain(m.created_at), "sent_at": _plain(m.sent_at)}
        for m in db.session.scalars(query.order_by(Message.id))
    ]


def _history(signature: Signature) -> list[dict[str, Any]]:
    query = sa.select(Event).where(
        Event.signature_id == signature.id,
        Event.verb.in_(TOLD),
    )
    kept = ("before", "after", "reason", "what", "to", "how")
    return [
        {"at": _plain(e.at), "act": e.verb, "line": e.subject, **{k: e.details[k] for k in kept if k in e.details}}
        for e in db.session.scalars(query.order_by(Event.id))
    ]


def _invitations(signature: Signature, others: Sequence[Signature]) -> list[dict[str, Any]]:
    """Return the invitations of these signatures, and others to this exact address: another spelling may be another
    person's mailbox."""
    numbers = {signature.id, *(other.id for other in others)}
    theirs = sa.or_(Invitation.signature_id.in_(numbers), Invitation.mailbox_key == signature.mailbox_key)
    query = sa.select(Invitation).where(Invitation.letter_id == signature.letter_id, theirs).order_by(Invitation.id)
    this = one_spelling(signature.email or "")
    return [
        {name: _plain(getattr(i, name)) for name in INVITATION}
        for i in db.session.scalars(query)
        if i.signature_id in numbers or (i.email and one_spelling(i.email) == this)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
