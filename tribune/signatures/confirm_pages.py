"""The public pages behind the links and the code of a confirmation mail; views.py adds the form and the list."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.abuse.shedding import Importance, matters
from tribune.headers import cacheable, is_on_its_way, private, private_page
from tribune.organisers.queries import has_account
from tribune.outbox.actions import unsuppress
from tribune.outbox.mailboxes import one_spelling
from tribune.outbox.queries import is_suppressed
from tribune.signatures import actions
from tribune.signatures.agreement import has_to_agree, stands_under_present_text
from tribune.signatures.browser import this_browser
from tribune.signatures.by_code import confirm_by_code
from tribune.signatures.forms import CodeForm
from tribune.signatures.lines import line, shown_as_initials
from tribune.signatures.links import CONFIRM_LASTS, NO_MORE, agree_link, confirm_link, mine_link
from tribune.signatures.models import Signature
from tribune.signatures.queries import signature_of_link, the_one_that_counts
from tribune.signatures.stamp import refuse_other_sites
from tribune.tokens import Purpose

bp = Blueprint("signatures", __name__)

CODE_REFUSED = _l(
    "This code does not work in this browser, where only that of your latest signature does. Check its six digits, or "
    "press the button in the email."
)


@bp.get("/signatures/confirm/<token>")
@matters(Importance.CONFIRM)
def show_confirm(token: str) -> Response:
    """Show the line as it will be printed and one button; or, once confirmed, that it counts."""
    signature, expired = _of_confirm_token(token)
    if signature is None:
        return private_page("signatures/link_broken.html", 404)
    counted = the_one_that_counts(signature.letter, signature.mailbox_key or "")
    if counted and not signature.letter.taken_down_at:  # this signature, or another that the same person confirmed
        return _signed(counted, opened=signature)
    if signature.withdrawn_at:
        return private_page("signatures/withdrawn.html", letter=signature.letter)
    if not signature.letter.confirms(signature.signed_at):
        return private_page("signatures/closed.html", 403, letter=signature.letter, too_late=True)
    if expired:
        return private_page("signatures/link_expired.html", 410, letter=signature.letter)
    return private_page(
        "signatures/confirm.html",
        letter=signature.letter,
        line=line(signature, full=True),  # what they confirm, also where readers see their initials
        initials=line(signature).text if shown_as_initials(signature) else "",
        signature=signature,
        changed=signature.letter_version < signature.letter.version_number and not stands_under_present_text(signature),
        same_browser=signature.browser_hash is not None and signature.browser_hash == this_browser(),
    )


@bp.post("/signatures/confirm/<token>")
def confirm(token: str) -> Response:
    """Confirm, once; after that the same address shows that it counts, without a cookie."""
    try:
        payload = tokens.read(Purpose.CONFIRM, token, CONFIRM_LASTS)
        actions.confirm(*payload)
    except (tokens.TokenDamaged, actions.SignatureUnknown, actions.LetterClosed):
        return show_confirm(token)  # which says so
    except tokens.TokenExpired as error:
        signature = signature_of_link(*error.payload)
        if signature is None or not signature.confirmed_at:
            return show_confirm(token)
    return private(redirect(url_for("signatures.show_confirm", token=token), 303))


@bp.get("/signatures/confirm/code")
@matters(Importance.CONFIRM)
@cacheable
def show_code() -> ResponseReturnValue:
    """Show the field for the code of the mail."""
    return render_template("signatures/code.html", form=CodeForm())


@bp.post("/signatures/confirm/code")
def confirm_code() -> ResponseReturnValue:
    """Confirm by the code of the mail, in the browser that signed; every failure gets the same answer."""
    refuse_other_sites()
    form = CodeForm(request.form)
    if form.validate():
        signature = confirm_by_code(this_browser(), form.code.data or "")
        if signature is not None:
            token = confirm_link(signature).token()
            return private(redirect(url_for("signatures.show_confirm", token=token), 303))
        form.code.errors = [CODE_REFUSED]
    return render_template("signatures/code.html", form=form), 422


def _reached_alike(one: Signature, other: Signature) -> bool:
    """Whether the mails of both went to the same spelling of an address."""
    return bool(one.email and other.email) and one_spelling(one.email or "") == one_spelling(other.email or "")


def _signed(signature: Signature, opened: Signature) -> Response:
    """Say that the signature counts, which may not be the one `opened`: two people may share a mailbox.

    If the link went to another spelling of the address, a line that is not public is not shown: the spellings may be
    two mailboxes. If its owner has to agree to a changed text first, lead to that page.
    """
    own = signature.id == opened.id or _reached_alike(signature, opened)
    if has_to_agree(signature):
        if not own:
            return private_page("asking/asked_by_mail.html", letter=signature.letter)
        link = agree_link(signature)
        return private(redirect(url_for(link.endpoint, token=link.token()), 303))
    shown = line(signature) if own or signature.is_shown else None
    since = signature.counted_at or signature.confirmed_at
    return private_page(
        "signatures/signed.html",
        letter=signature.letter,
        line=shown,
        signature=signature,
        another=shown is None or line(signature, full=True).text != line(opened, full=True).text,
        since=since,
        on_its_way=since is not None and is_on_its_way(since),
    )


def _of_confirm_token(token: str) -> tuple[Signature | None, bool]:
    """Return the signature of a link, and whether the link is too old to confirm it."""
    try:
        payload, expired = tokens.read(Purpose.CONFIRM, token, CONFIRM_LASTS), False
    except tokens.TokenExpired as error:
        payload, expired = error.payload, True
    except tokens.TokenDamaged:
        return None, False
    return signature_of_link(*payload), expired


@bp.route("/signatures/not-me/<token>", methods=["GET", "POST"])
def not_me(token: str) -> Response:
    """The owner of an address did not type it, or wants no more mails: GET asks; POST deletes what is pending and
    stops mails, or with `undo` allows them again."""
    payload = tokens.payload_of(Purpose.NOT_ME, token)
    if payload is None:
        return private_page("signatures/link_broken.html", 404)
    key, *about = payload
    if request.method == "POST":
        undo = bool(request.form.get("undo"))
        (unsuppress if undo else actions.not_me)(key)
        if "List-Unsubscribe" not in request.form:  # else a mail program sent it, which RFC 8058 forbids to redirect
            said = "allowed" if undo else None
            return private(redirect(url_for("signatures.not_me", token=token, said=said), 303))
    # A signature that was confirmed by a mail to the same address as this one is theirs to withdraw.
    found = signature_of_link(*about) if about and about != [NO_MORE] else None
    signature = found if found and found.confirmed_at and not found.withdrawn_at else None
    link = mine_link(signature) if signature else None
    return private_page(
        "signatures/not_me.html",
        suppressed=is_suppressed(key),
        allowed=request.args.get("said") == "allowed",
        is_known=about == [NO_MORE] or bool(found and found.confirmed_at),
        has_account=has_account(key),
        line=line(signature, full=True) if signature else None,
        signature=signature,
        mine=link.token() if link else "",
    )
