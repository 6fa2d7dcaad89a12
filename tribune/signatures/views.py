"""The public pages of signing: the form, the link in the mail, the list."""

from itertools import groupby
from secrets import token_urlsafe

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.abuse import proof, switches
from tribune.abuse.guard import COME_BACK, come_back_in
from tribune.abuse.limits import seconds_to_wait
from tribune.abuse.networks import network_hash
from tribune.abuse.shedding import Importance, matters
from tribune.fields import tidy
from tribune.headers import cacheable, cookie, private
from tribune.i18n import asked_language, current_language
from tribune.letters.models import Letter
from tribune.letters.queries import lately_open_letter, published_letter
from tribune.names import plain
from tribune.outbox.queries import is_suppressed
from tribune.signatures import actions
from tribune.signatures.forms import AFFILIATION, TEXT_CHANGED, CodeForm, SignForm
from tribune.signatures.lines import line, lines
from tribune.signatures.links import CONFIRM_LASTS, agree_link, mine_link
from tribune.signatures.list_pages import signatories
from tribune.signatures.models import Signature
from tribune.signatures.queries import BadCursor, signature_of_link, the_one_that_counts
from tribune.signatures.stamp import BROWSER_COOKIE, refuse_other_sites
from tribune.tokens import Purpose

bp = Blueprint("signatures", __name__)

BROWSER_COOKIE_LASTS = 24 * 3600  # seconds
ORDERS = ("recent", "surname")
LONGEST_SEARCH = 100  # characters


def _letter(slug: str) -> Letter:
    return published_letter(slug) or abort(404)


@bp.get("/letters/<slug>/sign")
@matters(Importance.SIGN)
@cacheable
def show_sign(slug: str) -> ResponseReturnValue:
    """The form on a page of its own."""
    letter = _letter(slug)
    return render_template("signatures/sign.html", letter=letter, form=SignForm(letter=letter))


@bp.post("/letters/<slug>/sign")
@matters(Importance.SIGN)
def sign(slug: str) -> ResponseReturnValue:
    """Sign: the same answer for everybody, whether the address is new, known or blocked."""
    letter = lately_open_letter(slug) or _letter(slug)
    refuse_other_sites()
    if not letter.is_open:
        return _closed(_letter(slug))
    form, network = SignForm(request.form, letter=letter), network_hash(request.remote_addr)
    if not_now := _not_now(slug, form, network):
        return not_now
    if not form.validate():
        letter = _letter(slug)  # it may have changed within that second
        form = SignForm(request.form, letter=letter)
        if not form.validate():
            return render_template("signatures/sign.html", letter=letter, form=form), 422
    browser_key = token_urlsafe(16)
    try:
        actions.sign(
            letter,
            browser_key=browser_key,
            locale=current_language(),
            network=network,
            proved=proof.accept(request.form.get("proof", ""), slug),
            **form.content,
        )
    except actions.LetterClosed:
        return _closed(_letter(slug))
    except actions.TextChanged:  # since the form was checked
        form.version.errors = [TEXT_CHANGED]
        return render_template("signatures/sign.html", letter=_letter(slug), form=form), 422
    response = redirect(url_for("signatures.check_inbox", slug=slug, lang=asked_language()), 303)
    response.set_cookie(
        cookie(BROWSER_COOKIE),
        browser_key,
        max_age=BROWSER_COOKIE_LASTS,
        path="/signatures/confirm",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _not_now(slug: str, form: SignForm, network: str | None) -> ResponseReturnValue | None:
    """While signing is paused or far too many come from one network: the form with all that was typed."""
    code, seconds, wait = 503, COME_BACK, ""
    if not switches.current().paused:
        code, seconds = 429, seconds_to_wait("sign", network)
        if not seconds:
            return None
        wait = come_back_in(seconds)
    page = render_template("signatures/sign.html", letter=_letter(slug), form=form, wait=wait)
    return page, code, {"Retry-After": str(seconds)}


def _closed(letter: Letter) -> ResponseReturnValue:
    return render_template("signatures/closed.html", letter=letter, too_late=False), 403


@bp.get("/letters/<slug>/check-inbox")
@matters(Importance.SIGN)
@cacheable
def check_inbox(slug: str) -> ResponseReturnValue:
    """One step is left: the same page for everybody."""
    return render_template("signatures/check_inbox.html", letter=_letter(slug), code=CodeForm().code)


@bp.get("/letters/<slug>/signatories")
@cacheable
def list_signatories(slug: str) -> ResponseReturnValue:
    """Who signed: a hundred a page."""
    letter = _letter(slug)
    typed = tidy(request.args.get("q"))[:LONGEST_SEARCH]
    q = typed if plain(typed) else ""  # signs alone ask nothing
    organisation = tidy(request.args.get("organisation"))[:AFFILIATION]
    order = request.args.get("order", "recent")
    after = request.args.get("after", "")
    try:
        page = signatories(letter, q=q, organisation=organisation, order=order, after=after)
    except BadCursor:
        abort(400, _("This page of the list does not exist. Start again from the first page."))
    first = [s for s in page.signatures if s.position is not None]
    others = lines([s for s in page.signatures if s.position is None], letter.locale)
    return render_template(
        "signatures/list.html",
        letter=letter,
        first=lines(first, letter.locale),
        others=others,
        by_initial=groupby(others, key=lambda line: line.initial),
        q=q,
        only_signs=typed and not q,
        organisation=organisation,
        order=order if order in ORDERS else "recent",
        after=after,
        page=page,
    )


@bp.get("/signatures/confirm/<token>")
@matters(Importance.CONFIRM)
def show_confirm(token: str) -> Response:
    """What the link opens: the line as it will be printed and one button; or, once confirmed, that it counts."""
    signature, expired = _of_confirm_token(token)
    if signature is None:
        return private(make_response(render_template("signatures/link_broken.html"), 404))
    counted = the_one_that_counts(signature.letter, signature.mailbox_key or "")
    if counted is not None:  # this one, or another that the same person confirmed before
        return _signed(counted, own=counted.id == signature.id)
    if signature.withdrawn_at:
        return private(make_response(render_template("signatures/withdrawn.html", letter=signature.letter)))
    if not signature.letter.confirms(signature.signed_at):
        page = render_template("signatures/closed.html", letter=signature.letter, too_late=True)
        return private(make_response(page, 403))
    if expired:
        return private(make_response(render_template("signatures/link_expired.html", letter=signature.letter), 410))
    same_browser = actions.browser_hash(request.cookies.get(cookie(BROWSER_COOKIE), "")) == signature.browser_hash
    return private(
        make_response(
            render_template(
                "signatures/confirm.html",
                letter=signature.letter,
                line=line(signature, locale=signature.letter.locale),
                signature=signature,
                same_browser=same_browser and signature.browser_hash is not None,
            )
        )
    )


@bp.post("/signatures/confirm/<token>")
def confirm(token: str) -> Response:
    """Confirm, once. Then the same address shows that it counts, without a cookie."""
    try:
        payload = tokens.read(Purpose.CONFIRM, token, CONFIRM_LASTS)
        actions.confirm(*payload)
    except (tokens.TokenDamaged, actions.SignatureUnknown, actions.LetterClosed):
        return show_confirm(token)  # which says so
    except tokens.TokenExpired as error:
        signature = signature_of_link(*error.payload)
        if signature is None or not signature.confirmed_at:
            return show_confirm(token)
    return private(redirect(url_for("signatures.show_confirm", token=token, lang=asked_language()), 303))


def _signed(signature: Signature, own: bool) -> Response:
    """It counts. Under the link of another submission, a line that is not public is not shown: where two spellings
    are two mailboxes, somebody else would read who signed. Or it will, once they agree to a text that has changed."""
    if signature.waits_for_agreement:
        if not own:
            return private(make_response(render_template("asking/asked_by_mail.html", letter=signature.letter)))
        link = agree_link(signature)
        token = tokens.issue(link.purpose, link.payload)
        return private(redirect(url_for(link.endpoint, token=token, lang=asked_language()), 303))
    shown = line(signature, locale=signature.letter.locale) if own or signature.is_shown else None
    page = render_template("signatures/signed.html", letter=signature.letter, line=shown, signature=signature)
    return private(make_response(page))


def _of_confirm_token(token: str) -> tuple[Signature | None, bool]:
    """The signature a link is for, and whether the link is too old to confirm it."""
    try:
        payload, expired = tokens.read(Purpose.CONFIRM, token, CONFIRM_LASTS), False
    except tokens.TokenExpired as error:
        payload, expired = error.payload, True
    except tokens.TokenDamaged:
        return None, False
    return signature_of_link(*payload), expired


@bp.route("/signatures/not-me/<token>", methods=["GET", "POST"])
def not_me(token: str) -> Response:
    """Somebody typed this address, and not its owner: GET shows, POST removes and writes no more; or takes it back."""
    try:
        key, *about = tokens.read(Purpose.NOT_ME, token)
    except tokens.TokenDamaged:
        return private(make_response(render_template("signatures/link_broken.html"), 404))
    if request.method == "POST":
        (actions.me_again if request.form.get("undo") else actions.not_me)(key)
        return private(redirect(url_for("signatures.not_me", token=token, lang=asked_language()), 303))
    # What was confirmed by a link in this very mail is theirs to withdraw.
    found = signature_of_link(*about) if about else None
    signature = found if found and found.confirmed_at and not found.withdrawn_at else None
    link = mine_link(signature) if signature else None
    page = render_template(
        "signatures/not_me.html",
        suppressed=is_suppressed(key),
        line=line(signature, locale=signature.letter.locale, full=True) if signature else None,
        signature=signature,
        mine=tokens.issue(link.purpose, link.payload) if link else "",
    )
    return private(make_response(page))
