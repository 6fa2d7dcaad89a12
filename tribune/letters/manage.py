"""The organiser's pages on the life of a letter: the list, preview, publication, closing, deletion."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tribune.asking.queries import is_unasked
from tribune.clocks import named_clock
from tribune.database import now
from tribune.desk.queries import answers
from tribune.fields import row_number
from tribune.fingerprint import ChangedMeanwhile
from tribune.headers import private_page
from tribune.invitations.announcing import NotAsked, compose_published, launch, to_tell
from tribune.invitations.models import Invitation
from tribune.invitations.queries import numbers
from tribune.letters import life
from tribune.letters.forms import PublishForm
from tribune.letters.guard import my_letter
from tribune.letters.links import preview_link
from tribune.letters.listing import listed
from tribune.letters.models import CONFIRMS_AFTER_CLOSING, Letter
from tribune.letters.queries import missing
from tribune.outbox.composing import Composed, fill_in
from tribune.retention.periods import ADDRESSES, months_after, names_months
from tribune.signatures.beside import beside
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories, names_are_gone
from tribune.signatures.table import asked_count, pending_count
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role
from tribune.teams.queries import memberships_of
from tribune.writing.comparing import unsaved
from tribune.writing.deleting import KeptLetter, delete_letter, is_kept, last_done

bp = manage_blueprint("manage", __name__)


@bp.get("/")
@needs(None)
def my_letters() -> ResponseReturnValue:
    """List the letters of my teams, a page of them by team."""
    mine = memberships_of(current_user.organiser)
    page = listed([m.team_id for m in mine], request.args)
    groups = [(m, [letter for letter in page.letters if letter.team_id == m.team_id]) for m in mine]
    editing = {m.team_id for m in mine if m.role.reaches(Role.EDITOR)}
    return render_template(
        "letters/manage/my_letters.html",
        listed=page,
        groups=[(m, letters) for m, letters in groups if letters or page.is_whole],
        several=len(mine) > 1,
        there=[number for team, number in page.every_id if team in editing],
        deleted=session.pop("deleted", None),  # whose copy in the browser the page removes too
    )


@bp.get("/letters/<int:letter_id>/preview")
@needs(Role.VIEWER)
def preview(letter_id: int) -> Response:
    """Show the letter as readers see it, or will."""
    letter = my_letter(letter_id)
    return private_page("letters/letter.html", letter=letter, **beside(letter, "team"))


@bp.route("/letters/<int:letter_id>/publish", methods=["GET", "POST"])
@needs(Role.EDITOR)
def publish(letter_id: int) -> ResponseReturnValue:
    """Show what is missing and what will be public; POST publishes, or schedules.

    If people will be mailed, the first POST shows how many and the mail, and the second publishes.
    """
    letter = my_letter(letter_id)
    form = PublishForm(letter=letter)
    lacks, people = missing(letter), to_tell(letter)
    if not form.is_submitted():
        return _show(letter, form, lacks, people)
    return _published_already(letter, form) if letter.is_published else _publish(letter, form, lacks, people)


def _publish(letter: Letter, form: PublishForm, lacks: list[str], people: Sequence[Invitation]) -> ResponseReturnValue:
    """Do what the form asks, or show it again with the reason. `lacks`: from `missing`; `people`: from `to_tell`."""
    if lacks or is_unasked(letter) or not form.validate():
        return _show(letter, form, lacks, people), 422
    try:
        life.refuse_unseen(letter, form.seen_as.data, form.moment, form.printed)
        if people and request.form.get("step") != "launch":
            mail = _mail(people[0], form)
            return _render("letters/manage/launch.html", letter, form=form, people=people, mail=mail)
        mailed = launch(letter, current_user.organiser, form.moment, seen_as=form.seen_as.data, **form.printed)
    except ChangedMeanwhile:
        if letter.is_published:  # for example by a double click
            return _published_already(letter, form)
        return _show(letter, form, lacks, people, form.begin_again()), 409
    except life.NotReady as unready:
        lacks = unready.fields
    except NotAsked:  # the page says so
        pass
    except life.ClosesBefore:
        form.day.errors = [
            _("The letter would close automatically before then. Choose an earlier moment, or put off its closing.")
        ]
    except (life.MomentPassed, life.AlreadyPublished):
        form.day.errors = [_("This moment has passed. Choose one in the future, or publish now.")]
    else:
        flash(
            _("Published: readers can see it now.") if form.moment is None else _("It will be published automatically.")
        )
        if mailed:
            flash(ngettext("%(n)s person is told by email.", "%(n)s people are told by email.", mailed, n=mailed))
        return redirect(_page(letter), 303)
    return _show(letter, form, lacks, people), 422


def _show(
    letter: Letter,
    form: PublishForm,
    lacks: list[str],
    people: Sequence[Invitation],
    typed: dict[str, str] | None = None,
) -> str:
    """Render the publish page. `typed`: what was typed before the form began again."""
    return _render(
        "letters/manage/publish.html",
        letter,
        form=form,
        missing=lacks,
        unasked=not letter.is_published and is_unasked(letter),
        link=preview_link(letter).url() if letter.preview_nonce else "",
        first=lines(first_signatories(letter)),
        answers=answers(numbers(letter)),
        people=people,
        typed=typed,
        late=letter.closes_at is not None and letter.closes_at <= now(),
        unsaved=unsaved(letter, current_user.organiser),
    )


def _published_already(letter: Letter, form: PublishForm) -> Response:
    flash(_("This letter is already published."))
    form.when.data = "now"  # a moment they typed means nothing any more
    if typed := ", ".join(form.begin_again().values()):
        flash(_("What you typed here was not saved: %(typed)s. Add it in “Text and settings”.", typed=typed))
    return redirect(_page(letter), 303)


def _mail(invitation: Invitation, form: PublishForm) -> Composed | None:
    """Return the mail to one of those who asked to be told, as it will be sent."""
    if invitation.signature is None:
        return None
    composed = compose_published(invitation, invitation.signature, **form.printed)
    places = {"mine": _("[personal link]"), "not_me": _("[link to receive no more emails]")}
    return replace(composed, text=fill_in(composed.text, places))


@bp.post("/letters/<int:letter_id>/unschedule")
@needs(Role.EDITOR)
def unschedule(letter_id: int) -> ResponseReturnValue:
    """Make a scheduled letter a draft again."""
    letter = my_letter(letter_id)
    try:
        life.unschedule(letter, current_user.organiser)
    except life.AlreadyPublished:
        flash(_("Too late: the letter has been published. You can close it."))
    else:
        flash(_("It is a draft again, and is no longer scheduled."))
    return redirect(_page(letter), 303)


@bp.post("/letters/<int:letter_id>/preview-link")
@needs(Role.EDITOR)
def make_preview_link(letter_id: int) -> ResponseReturnValue:
    """Make a private link for people without an account; the one that the page showed stops working."""
    letter = my_letter(letter_id)
    life.make_preview_link(letter, current_user.organiser, seen_as=request.form.get("seen"))
    flash(_("The private link is below. Anyone who has it can read the letter, as it is when they open it."))
    return redirect(_page(letter) + "#private-link", 303)


@bp.post("/letters/<int:letter_id>/preview-link/revoke")
@needs(Role.EDITOR)
def revoke_preview_link(letter_id: int) -> ResponseReturnValue:
    """Revoke the private link."""
    letter = my_letter(letter_id)
    life.revoke_preview_link(letter, current_user.organiser, seen_as=request.form.get("seen"))
    if letter.preview_nonce:
        flash(_("The link that your page showed no longer works. Below is a newer one, which does."))
    else:
        flash(_("The private link no longer works."))
    return redirect(_page(letter) + "#private-link", 303)


@bp.route("/letters/<int:letter_id>/close", methods=["GET", "POST"])
@needs(Role.EDITOR)
def close(letter_id: int) -> ResponseReturnValue:
    """Show what closing does; POST closes."""
    letter = my_letter(letter_id)
    if not letter.is_published:
        flash(_("This letter is not published: there is nothing to close."))
        return redirect(_page(letter), 303)
    if request.method == "POST":
        life.close(letter, current_user.organiser)
        flash(_("Closed: the letter takes no more signatures."))
        return redirect(url_for("manage.close", letter_id=letter.id), 303)
    months, board = names_months(letter.names_kept_months), numbers(letter)
    end = min(letter.end or now(), now())  # while it is open, as if it were closed now
    return _render(
        "letters/manage/close.html",
        letter,
        hours=int(CONFIRMS_AFTER_CLOSING.total_seconds()) // 3600,
        waiting=pending_count(letter),
        asked=asked_count(letter),
        unasked=is_unasked(letter),
        board=board,
        unanswered=board.silent - board.by_state.get("asked", 0),  # who accepted an earlier text still has these hours
        days=ADDRESSES.days,
        months=months,
        addressed_until=end + ADDRESSES,
        named_until=max(months_after(end, months), end + CONFIRMS_AFTER_CLOSING),
        now=now(),
        names_are_gone=names_are_gone(letter),
    )


@bp.post("/letters/<int:letter_id>/reopen")
@needs(Role.EDITOR)
def reopen(letter_id: int) -> ResponseReturnValue:
    """Take signatures again."""
    letter = my_letter(letter_id)
    with suppress(life.TakenDown):  # as the page says
        life.reopen(letter, current_user.organiser)
    if letter.is_open:
        flash(_("Open again: the letter is collecting signatures."))
    return redirect(_page(letter), 303)


@bp.route("/letters/<int:letter_id>/delete", methods=["GET", "POST"])
@needs(Role.OWNER, fresh=True)
def delete(letter_id: int) -> ResponseReturnValue:
    """Show what is deleted with a draft that was never published; POST deletes it."""
    letter = my_letter(letter_id)
    worked_on = False
    if request.method == "POST":
        title = letter.version.title
        try:
            delete_letter(letter, current_user.organiser, seen_as=request.form.get("seen", 0, row_number))
        except ChangedMeanwhile:
            worked_on = True
        except KeptLetter:
            flash(_("This letter cannot be deleted any more."))
            return redirect(url_for("manage.delete", letter_id=letter_id), 303)
        else:
            flash(_("“%(title)s” is deleted.", title=title))
            session["deleted"] = letter_id
            return redirect(url_for("manage.my_letters"), 303)
    told = {"kept": is_kept(letter), "invited": numbers(letter).people, "seen": last_done(letter)}
    page = _render("letters/manage/delete.html", letter, worked_on=worked_on, **told)
    return page, 409 if worked_on else 200


def _render(template: str, letter: Letter, **shown: Any) -> str:
    return render_template(template, letter=letter, clock=named_clock(letter.zone), **shown)


def _page(letter: Letter) -> str:
    return url_for("manage.publish", letter_id=letter.id)
