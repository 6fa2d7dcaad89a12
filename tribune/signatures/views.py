"""The public pages of signing: the form and the list; confirm_pages.py has those that mails link to."""

from itertools import groupby
from secrets import token_urlsafe

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tribune.abuse import proof, switches
from tribune.abuse.guard import COME_BACK, come_back_in
from tribune.abuse.limits import seconds_to_wait
from tribune.abuse.networks import network_hash
from tribune.abuse.shedding import Importance, matters
from tribune.fields import as_stored, tidy
from tribune.headers import cacheable
from tribune.i18n import current_language
from tribune.letters.guard import public_letter
from tribune.letters.models import Letter
from tribune.letters.queries import lately_open_letter
from tribune.names import searched
from tribune.signatures import actions, browser
from tribune.signatures.confirm_pages import bp
from tribune.signatures.forms import AFFILIATION, CodeForm, SignForm
from tribune.signatures.lines import lines
from tribune.signatures.listing import order_of, shared_organisations, signatories
from tribune.signatures.queries import names_are_gone
from tribune.signatures.stamp import refuse_other_sites

LONGEST_SEARCH = 100  # characters


@bp.get("/letters/<slug>/sign")
@matters(Importance.SIGN)
@cacheable
def show_sign(slug: str) -> ResponseReturnValue:
    """Show the form on a page of its own."""
    letter = public_letter(slug)
    return render_template("signatures/sign.html", letter=letter, form=SignForm(letter=letter))


@bp.post("/letters/<slug>/sign")
@matters(Importance.SIGN)
def sign(slug: str) -> ResponseReturnValue:
    """Sign: the same answer for everybody, whether the address is new, known or blocked."""
    letter = lately_open_letter(slug) or public_letter(slug)
    refuse_other_sites()
    if not letter.is_open:
        return _closed(public_letter(slug))
    form, network = SignForm(request.form, letter=letter), network_hash(request.remote_addr)
    if not_now := _not_now(slug, form, network):
        return not_now
    if not form.validate():
        letter = public_letter(slug)  # the one above may be a second old
        form = SignForm(request.form, letter=letter)
        if not (letter.is_open and form.validate()):
            return _to_mend(letter, form)
    key = token_urlsafe(16)
    try:
        actions.sign(
            letter,
            browser=browser.hash_of(key),
            locale=current_language(),
            network=network,
            proved=proof.accept(request.form.get("proof", ""), slug),
            **form.content,
        )
    except actions.LetterClosed:
        return _closed(public_letter(slug))
    except (actions.TextChanged, actions.ListChanged):  # after the form was checked
        letter = public_letter(slug)
        form = SignForm(request.form, letter=letter)
        form.validate()
        return _to_mend(letter, form)
    response = redirect(url_for("signatures.check_inbox", slug=slug), 303)
    browser.remember(response, key)
    return response


def _not_now(slug: str, form: SignForm, network: str | None) -> ResponseReturnValue | None:
    """Return the form with all that was typed (503 or 429) if signing is paused, or the network over its limit."""
    code, seconds, wait = 503, COME_BACK, ""
    if not switches.current().paused:
        code, seconds = 429, seconds_to_wait("sign", network)
        if not seconds:
            return None
        wait = come_back_in(seconds)
    page = render_template("signatures/sign.html", letter=public_letter(slug), form=form, wait=wait)
    return page, code, {"Retry-After": str(seconds)}


def _to_mend(letter: Letter, form: SignForm) -> ResponseReturnValue:
    """Show the form with its errors, unless the letter is closed by now."""
    if not letter.is_open:
        return _closed(letter)
    return render_template("signatures/sign.html", letter=letter, form=form), 422


def _closed(letter: Letter) -> ResponseReturnValue:
    return render_template("signatures/closed.html", letter=letter, too_late=False), 403


@bp.get("/letters/<slug>/check-inbox")
@matters(Importance.SIGN)
@cacheable
def check_inbox(slug: str) -> ResponseReturnValue:
    """Tell to confirm by mail: the same page for everybody."""
    return render_template("signatures/check_inbox.html", letter=public_letter(slug), code=CodeForm().code)


@bp.get("/letters/<slug>/signatories")
@cacheable
def list_signatories(slug: str) -> ResponseReturnValue:
    """List who signed, a hundred a page."""
    letter = public_letter(slug)
    typed = tidy(request.args.get("q"))[:LONGEST_SEARCH]
    q = typed if searched(typed) else ""  # punctuation alone is no search
    organisation = as_stored(request.args.get("organisation"))[:AFFILIATION]
    order = order_of(letter, request.args.get("order", ""))
    after = request.args.get("after", "")
    page = signatories(letter, q=q, organisation=organisation, order=order, after=after)
    first = [s for s in page.signatures if s.position is not None]
    others = lines([s for s in page.signatures if s.position is None])
    return render_template(
        "signatures/list.html",
        letter=letter,
        first=lines(first),
        others=others,
        by_initial=groupby(others, key=lambda line: line.initial),
        q=q,
        only_signs=typed and not q,
        organisation=organisation,
        organisations=[] if organisation or letter.public_list != "yes" else shared_organisations(page.signatures),
        order=order,
        after=after,
        page=page,
        names_are_gone=not page.signatures and names_are_gone(letter),
    )
