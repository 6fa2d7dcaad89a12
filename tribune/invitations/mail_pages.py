"""The organiser's pages for the mail: its words, how it looks for any person, and sending it."""

from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import escape

from tribune.fields import row_number
from tribune.fingerprint import ChangedMeanwhile
from tribune.i18n import current_language
from tribune.invitations import sending
from tribune.invitations.blueprint import bp
from tribune.invitations.desk_forms import MailForm
from tribune.invitations.mails import LARGEST, compose_invitation, last_trial, size
from tribune.invitations.models import Gathering, Invitation
from tribune.invitations.queries import everybody_invited, first_invited, invitation_of
from tribune.invitations.words import braced, doubt, gathering_of, mail_shown_as, sender_name
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.outbox.composing import Composed, fill_in
from tribune.outbox.mime import sender
from tribune.teams.guard import needs
from tribune.teams.models import Role

NOT_SENT = _l("Nothing was sent: they have answered or withdrawn, or an email has been sent to them in the meantime.")
NO_MORE_TODAY = _l("Nothing was sent: no more emails can be sent to this address for now, or none at all.")
NOBODY = Invitation(given_name="Zoé", family_name="Évrard", affiliation=None)  # previewed while the list is empty
MAIL = "/letters/<int:letter_id>/invitations/mail"


@bp.route(MAIL, methods=["GET", "POST"])
@needs(Role.EDITOR)
def mail(letter_id: int) -> ResponseReturnValue:
    """The words of the mail, and the exact mail for one person; POST shows, mails to the asker, or saves."""
    letter = my_letter(letter_id)
    gathering, person = gathering_of(letter), _person(letter)
    form, changed, saved = MailForm(gathering), False, mail_shown_as(gathering)
    if form.validate_on_submit():
        gathering = Gathering(letter_id=letter.id, **form.words)
        if size(letter, gathering, current_user.organiser) > LARGEST:
            form.message.errors = [_("The email is too long: shorten the message.")]
        elif request.form.get("act") == "trial":
            _send_trial(letter, _shown(letter, gathering, person, reminder=False))
        elif request.form.get("act") == "save":
            try:
                sending.save_words(letter, by=current_user.organiser, **form.words, seen_as=form.seen.data or "")
            except ChangedMeanwhile:
                gathering, changed = gathering_of(letter), True
                form.seen.data = mail_shown_as(gathering)
            else:
                flash(
                    _(
                        "Saved. Emails already on their way stay as they were; paused ones will be sent as it reads "
                        "once you resume."
                    )
                )
                return redirect(url_for(".mail", letter_id=letter.id, person=request.form.get("person") or None), 303)
    page = render_template(
        "invitations/mail.html",
        letter=letter,
        form=form,
        named=", ".join(braced(current_language())),
        people=everybody_invited(letter),
        person=person,
        sender=_sender(gathering),
        composed=None if form.errors else _shown(letter, gathering, person, reminder=False),
        reminder=None if form.errors else _shown(letter, gathering, person, reminder=True),
        as_saved=changed or mail_shown_as(gathering) == saved,
        changed=changed,
        doubt=doubt(letter, gathering),
        last_trial=last_trial(letter, current_user.organiser),
    )
    return page, 409 if changed else 422 if form.errors else 200


def _send_trial(letter: Letter, shown: Composed) -> None:
    """Mail it to the asker, once: the page that follows holds what is not saved, so it is no redirect."""
    last = request.form.get("last_trial", 0, row_number)
    try:
        posted = sending.send_trial(letter, shown, to=current_user.organiser, last=last)
    except sending.SentAlready:
        flash(_("An email is on its way to you already. Press the button again to receive it as it is typed now."))
    else:
        flash(_("The email is on its way to you.") if posted else NO_MORE_TODAY)


@bp.get(f"{MAIL}/html")
@needs(Role.EDITOR)
def mail_html(letter_id: int) -> Response:
    """The saved mail below its subject, as mail programs show it: its own inline style is allowed on this page."""
    letter = my_letter(letter_id)
    reminder = request.args.get("reminder") == "yes"
    composed = _shown(letter, gathering_of(letter), _person(letter), reminder=reminder)
    response = Response(composed.html.replace("<body>", f"<body><h1>{escape(composed.subject)}</h1>", 1))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    )
    return response


@bp.route("/letters/<int:letter_id>/invitations/send", methods=["GET", "POST"])
@needs(Role.EDITOR, fresh=True)
def send(letter_id: int) -> ResponseReturnValue:
    """Who will be invited and the mail they get; POST posts it to each."""
    return _send_page(my_letter(letter_id), reminder=False)


@bp.route("/letters/<int:letter_id>/invitations/remind", methods=["GET", "POST"])
@needs(Role.EDITOR, fresh=True)
def remind(letter_id: int) -> ResponseReturnValue:
    """Who has not answered and may be reminded today, and the mail; POST posts it to each."""
    return _send_page(my_letter(letter_id), reminder=True)


def _send_page(letter: Letter, *, reminder: bool) -> ResponseReturnValue:
    """Show who gets the mail, and the mail; POST posts it, if its words are still those shown."""
    changed = False
    if request.method == "POST":
        post, seen_as = sending.remind if reminder else sending.invite, request.form.get("seen", "")
        try:
            done = post(letter, _chosen(letter, reminder), by=current_user.organiser, seen_as=seen_as)
        except ChangedMeanwhile:
            changed = True
        else:
            _tell(done)
            return redirect(url_for(".board", letter_id=letter.id), 303)
    chosen, gathering = _chosen(letter, reminder), gathering_of(letter)
    person = invitation_of(letter, request.args.get("person", 0, row_number)) if chosen else None
    person = person or (invitation_of(letter, chosen[0]) if chosen else None)
    page = render_template(
        "invitations/send.html",
        letter=letter,
        reminder=reminder,
        chosen=chosen,
        some=bool(_named()),
        person=person,
        sender=_sender(gathering),
        composed=_shown(letter, gathering, person, reminder=reminder) if person else None,
        seen=mail_shown_as(gathering),
        changed=changed,
        paused=gathering.paused_at is not None,
        doubt=doubt(letter, gathering),
    )
    return page, 409 if changed else 200


def _named() -> list[str]:
    """Return the ids picked, as typed: an empty list means everybody, one empty string that nobody was ticked."""
    return [*request.values.getlist("ids"), *request.args.getlist("tick")]


def _chosen(letter: Letter, reminder: bool) -> list[int]:
    """Return the ids of those picked who may be written to today."""
    may, named = (sending.to_remind if reminder else sending.to_invite)(letter), _named()
    picked = set(" ".join(named).split())
    return [number for number in may if str(number) in picked] if named else list(may)


def _tell(done: sending.Sent) -> None:
    """Flash how many mails leave, and how many cannot."""
    if done.posted:
        flash(ngettext("%(num)s email is on its way.", "%(num)s emails are on their way.", done.posted))
    elif not done.refused:
        flash(NOT_SENT)
    if done.refused:
        flash(
            ngettext(
                "%(num)s address cannot be emailed, or not for now: the invitations page shows which.",
                "%(num)s addresses cannot be emailed, or not for now: the invitations page shows which.",
                done.refused,
            )
        )


def _person(letter: Letter) -> Invitation:
    """Return the person the mail is shown for: the one asked for, else the first, else an example."""
    asked = invitation_of(letter, request.values.get("person", 0, row_number))
    return asked or first_invited(letter) or NOBODY


def _sender(gathering: Gathering) -> str:
    """Return who the mail comes from, as mail programs show it."""
    name, address = sender(sender_name(gathering, current_user.organiser))
    return f"{name} <{address}>" if name else address


def _shown(letter: Letter, gathering: Gathering, person: Invitation, *, reminder: bool) -> Composed:
    """Compose the exact mail, with words in place of its links: nobody may answer for others from a preview."""
    composed = compose_invitation(letter, gathering, person, by=current_user.organiser, reminder=reminder)
    places = {"answer": _("[personal link]"), "not_me": _("[link to receive no more emails]")}
    html = fill_in(composed.html, dict.fromkeys(places, "#"))
    return replace(composed, text=fill_in(composed.text, places), html=html)
