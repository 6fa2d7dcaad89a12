"""The page of an invited person, opened by their personal link: read the letter, then accept, decline or ask."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import DatabaseError
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.abuse.guard import limited
from tribune.database import DatabaseBusy, ReadOnly
from tribune.faults import is_of_the_database
from tribune.fingerprint import ChangedMeanwhile
from tribune.headers import private, private_page
from tribune.i18n import current_language
from tribune.invitations import answering
from tribune.invitations.forms import AcceptForm, DeclineForm, QuestionForm, SomebodyElseForm
from tribune.invitations.lines import printed, words_of, would_print
from tribune.invitations.models import Invitation
from tribune.invitations.queries import InvitationGone, invitation_of_link
from tribune.invitations.since import since_accepted
from tribune.invitations.standing import stands_already, stands_as, stays_on_record
from tribune.letters.queries import addenda_of
from tribune.signatures.actions import LetterClosed, TextChanged
from tribune.signatures.forms import TEXT_CHANGED
from tribune.signatures.lines import lines
from tribune.signatures.links import mine_link
from tribune.signatures.queries import first_signatories
from tribune.signatures.stamp import ANSWER_HERE, refuse_other_sites
from tribune.tokens import Purpose

bp = Blueprint("invitations", __name__)


@bp.get("/invitations/<token>")
def show(token: str) -> Response:
    """The letter, their line, and the answers. Records once that the page was shown; writes nothing else."""
    invitation = _of_token(token)
    if invitation is None:
        return _gone()
    if request.method == "GET":
        _record_that_it_was_shown(invitation)
    return _page(invitation, said=request.args.get("said", ""))


def _record_that_it_was_shown(invitation: Invitation) -> None:
    """Record it if that can be written now; the page matters more."""
    try:
        answering.open_page(invitation)
    except ReadOnly:
        pass
    except (DatabaseBusy, DatabaseError) as error:
        if not is_of_the_database(error):
            raise


@bp.post("/invitations/<token>")
@limited("invitation")
def answer(token: str) -> Response:
    """Take one of four forms: accept, decline, ask, or say that one is somebody else."""
    refuse_other_sites(ANSWER_HERE)
    invitation = _of_token(token)
    if invitation is None:
        return _gone()
    say = {"accept": _accept, "decline": _decline, "ask": _ask, "else": _somebody_else}.get(
        request.form.get("answer", "")
    )
    if say is None:
        return _page(invitation)
    try:
        return say(token, invitation)
    except InvitationGone:
        return _gone()
    except LetterClosed:
        return _page(invitation, status=409)


def _accept(token: str, invitation: Invitation) -> Response:
    form = AcceptForm(request.form, invitation=invitation)
    if not form.validate():
        return _page(invitation, form=form, status=422)
    try:
        answering.accept(
            *_key(invitation),
            words=form.words,
            digest=form.version.data or "",
            sure=request.form.get("sure") == "yes",
            tell=form.tell.data,
            seen_as=form.seen.data or "",
            news=form.news.data,
            wording=form.wording_now,
            locale=current_language(),
        )
    except answering.AnotherName:
        return _made("invitations/is_it_you.html", invitation, 409, form=form, typed=_named(form))
    except answering.AddressTaken:
        form.family_name.errors = [
            _(
                "This address has already signed under another name, and one address signs for one person. If that was "
                "you, correct or erase that signature with the link in its email, then accept here; if not, ask the "
                "organisers to invite you at an address of your own."
            )
        ]
    except ChangedMeanwhile:
        form.seen.data = answering.line_shown_as(invitation)
        form.seen.errors = [
            _("Your line has been changed in the meantime. What you typed is still here: check it, then continue.")
        ]
    except TextChanged:  # since the form was checked
        form.version.errors = [TEXT_CHANGED]
    except answering.OnTheirOwnPage:  # the page says so itself
        pass
    else:
        return _back(token, "yes")
    return _page(invitation, form=form, status=409)


def _decline(token: str, invitation: Invitation) -> Response:
    form = DeclineForm(request.form, subject=f"invitation {invitation.id}")
    if not form.validate():
        return _page(invitation, declining=form, status=422)
    try:
        answering.decline(*_key(invitation), form.word.data or "")
    except answering.OnTheirOwnPage:
        return _page(invitation, declining=form, status=409)
    return _back(token, "no")


def _ask(token: str, invitation: Invitation) -> Response:
    form = QuestionForm(request.form, subject=f"invitation {invitation.id}")
    if not form.validate():
        return _page(invitation, asking=form, status=422)
    try:
        answering.ask(*_key(invitation), form.question.data or "")
    except answering.TooManyQuestions:
        form.question.errors = [
            _("You have asked three times today. Ask again tomorrow; what you typed is still here.")
        ]
        return _page(invitation, asking=form, status=429)
    return _back(token, "asked")


def _somebody_else(token: str, invitation: Invitation) -> Response:
    """Show the form for their own address, filled in with what they typed; once sent, save it for the organisers."""
    form = SomebodyElseForm(request.form, invitation=invitation)
    if "email" not in request.form:
        form.forget_the_invited()
        return _made("invitations/somebody_else.html", invitation, 200, form=form)
    if not form.validate():
        return _made("invitations/somebody_else.html", invitation, 422, form=form)
    answering.forward(*_key(invitation), words=form.words, email=form.email.data or "")
    return _back(token, "else")


def _page(
    invitation: Invitation,
    *,
    said: str = "",
    status: int = 200,
    form: AcceptForm | None = None,
    declining: DeclineForm | None = None,
    asking: QuestionForm | None = None,
) -> Response:
    letter, signature, subject = invitation.letter, invitation.signature, f"invitation {invitation.id}"
    own = invitation.is_public and (invitation.accepted_at is not None or letter.state == "closed")
    lost = None  # what they typed before the publication and sent after it, so that the page gives it back
    on_record = stays_on_record(invitation)
    if on_record and declining:
        lost = declining.word.data or ""
    elif own and form:
        lost = _unsaved(invitation, form)
    return _made(
        "invitations/answer.html",
        invitation,
        status,
        said=said,
        first=lines(first_signatories(letter)),
        addenda=addenda_of(letter),
        form=form or AcceptForm(invitation=invitation),
        declining=declining or DeclineForm(subject=subject),
        asking=asking or QuestionForm(subject=subject),
        lost=lost,
        own=own,
        on_record=on_record,
        stands=stands_as(signature) if signature is not None else "",
        already=stands_already(invitation),
        since=since_accepted(invitation),
        own_page=mine_link(signature).url() if signature is not None and signature.confirmed_at else "",
        left=invitation.accepted_at is not None and (signature is None or signature.withdrawn_at is not None),
    )


def _made(template: str, invitation: Invitation, status: int, **shown: Any) -> Response:
    letter = invitation.letter
    beside = {"invitation": invitation, "letter": letter, "line": printed(letter, invitation), "open": False}
    return private_page(template, status, **beside, **shown)


def _back(token: str, said: str) -> Response:
    # Nothing there is called so: with #sign, which browsers keep of the form, they heed no autofocus.
    return private(redirect(url_for("invitations.show", token=token, said=said, _anchor="answered"), 303))


def _unsaved(invitation: Invitation, form: AcceptForm) -> str | None:
    """Return the line they typed; None if the signature says so already: the button was pressed twice."""
    signature = invitation.signature
    if signature is not None and (form.words, form.news.data) == (words_of(signature), signature.news):
        return None
    return would_print(invitation.letter, invitation, form.words).text


def _named(form: AcceptForm) -> str:
    return f"{form.given_name.data or ''} {form.family_name.data or ''}".strip()


def _key(invitation: Invitation) -> tuple[int, str]:
    return invitation.id, invitation.link_nonce


def _of_token(token: str) -> Invitation | None:
    payload = tokens.payload_of(Purpose.INVITATION, token)
    found = invitation_of_link(*payload) if payload else None
    if found and found.letter.taken_down_at:
        abort(410)
    return found


def _gone() -> Response:
    return private_page("invitations/gone.html", 404)
