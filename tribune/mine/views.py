"""A signatory's own pages, opened by the link of a mail; `link_pages.py` has the pages that ask for the link."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.abuse.guard import limited
from tribune.database import now
from tribune.fingerprint import ChangedMeanwhile
from tribune.headers import private, private_page
from tribune.mine import actions, queries
from tribune.mine.data import everything_held
from tribune.mine.erasing import erase as erase_signature
from tribune.mine.forms import OwnWordsForm
from tribune.mine.link_pages import bp
from tribune.mine.words import ON_PAGES, SAID, said_of
from tribune.people.actions import NothingChanged, as_corrected, shown_as
from tribune.people.queries import whole_line
from tribune.retention.periods import ADDRESSES, WITHDRAWN
from tribune.signatures.actions import ListChanged, SignatureUnknown
from tribune.signatures.lines import line, shown_as_initials
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature
from tribune.signatures.queries import signature_of_link, the_one_that_counts
from tribune.signatures.replacing import AnotherCounts
from tribune.tokens import Purpose

# The buttons of the page, by the value they send as `act`.
ACTS: dict[str, Callable[[int, str], Any]] = {
    "withdraw": actions.withdraw,
    "sign-again": actions.come_back,
    "show": lambda number, nonce: actions.choose(number, nonce, "published", True),
    "show-initials": lambda number, nonce: actions.choose(number, nonce, "published", True, initials=True),
    "hide": lambda number, nonce: actions.choose(number, nonce, "published", False),
    "allow-news": lambda number, nonce: actions.choose(number, nonce, "news", True),
    "stop-news": lambda number, nonce: actions.choose(number, nonce, "news", False),
}


def of_token(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a view: pass it the signature of the link, and let nobody cache its answer.

    The origin of a form is not checked: its address is the secret link, which no other site knows.
    """

    @wraps(view)
    def opened(token: str) -> Response:
        payload = tokens.payload_of(Purpose.MINE, token)
        if payload is None:
            return private_page("signatures/link_broken.html", 404)
        try:
            found = signature_of_link(*payload)
            return private(view(token, found)) if found else private_page("mine/nothing_left.html", 410)
        except SignatureUnknown:  # gone, or withdrawn, since the page was shown
            return private(_to(token))

    return opened


def _to(token: str, said: str | None = None) -> Response:
    return redirect(url_for("mine.show_mine", token=token, said=said), 303)


@bp.get("/signatures/mine/<token>")
@of_token
def show_mine(token: str, signature: Signature) -> Response:
    """One's own signature: its status, what was agreed, and what can be done with it."""
    letter = signature.letter
    standing, agree, done = queries.standing(signature), agree_link(signature), request.args.get("said", "")
    return private_page(
        "mine/mine.html",
        letter=letter,
        signature=signature,
        token=token,
        line=whole_line(signature),
        standing=standing,
        listed=signature.is_listed,
        another=standing in ("pending", "withdrawn") and bool(the_one_that_counts(letter, signature.mailbox_key or "")),
        agree=agree.token(),
        declined=queries.has_declined_present_text(signature),
        rewording=queries.last_rewording(signature),
        kept_days=WITHDRAWN.days,
        address_goes=letter.is_published and letter.end is not None and letter.end <= now() - ADDRESSES,
        said=said_of(done, signature),
        on_its_way=letter.is_published and done in ON_PAGES,
    )


@bp.post("/signatures/mine/<token>")
@limited("mine")
@of_token
def mine(token: str, signature: Signature) -> Response:
    """Do what the button says, or send what is held as a file."""
    act = request.form.get("act", "")
    if act == "download":
        return _file(signature)
    if act == "undo-correction":
        shown = request.form.get("event", type=int)
        try:
            done = actions.undo_correction(signature.id, signature.link_nonce, shown)
        except actions.RewordedOften:
            return _to(token, "often")
        return _to(token, act if done else "changed")
    if act not in ACTS:
        abort(400, _("Nothing was done: press one of the buttons on your page."))
    try:
        ACTS[act](signature.id, signature.link_nonce)
    except AnotherCounts:
        return _to(token, "another")
    except ListChanged:
        return _to(token, "changed")
    return _to(token, act)


def _file(signature: Signature) -> Response:
    held = json.dumps(everything_held(signature), ensure_ascii=False, indent=2)
    answer = make_response(f"{held}\n")
    answer.mimetype = "application/json"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{signature.letter.slug}-my-signature.json")
    return answer


@bp.route("/signatures/mine/<token>/correct", methods=["GET", "POST"])
@limited("mine")
@of_token
def correct(token: str, signature: Signature) -> Response:
    """Correct one's own words: type them, read the line as it will be printed, save."""
    letter, standing, initials = signature.letter, queries.standing(signature), shown_as_initials(signature)
    if standing in {"pending", "withdrawn"}:
        return _to(token)
    read = standing == "counts" and signature.will_show and letter.is_readable
    form = OwnWordsForm(signature, request.form if request.method == "POST" else None)
    after, problem, status = None, "", 200
    if request.method == "POST" and request.form.get("step") != "change":
        if not form.validate():
            status = 422
        elif request.form.get("step") == "save":
            try:
                actions.correct(signature.id, signature.link_nonce, words=form.words, seen_as=form.seen.data or "")
                return _to(token, "correct")
            except ChangedMeanwhile:
                problem = _(
                    "Your line has been changed in the meantime. What you typed is still here: check it, then continue."
                )
                status = 409
            except actions.RewordedOften:
                problem, status = SAID["often"], 429
            except NothingChanged:
                problem, status = _("Nothing has changed: your line already reads like this."), 422
        else:
            after = whole_line(as_corrected(signature, form.words))
    if after is None:
        form.follow_anew()
    return private_page(
        "mine/correct.html",
        status,
        letter=letter,
        token=token,
        form=form,
        before=whole_line(signature),
        after=after,
        initials=initials,
        at_once=read and not initials,
        problem=problem,
        seen=form.seen.data if after else shown_as(signature),
    )


@bp.route("/signatures/mine/<token>/erase", methods=["GET", "POST"])
@of_token
def erase(token: str, signature: Signature) -> Response:
    """Say which lines erasing deletes; POST erases them, unless others were signed since the page was shown."""
    others = queries.going_along(signature)
    going = " ".join(other.public_id for other in others)
    changed = request.form.get("going", going) != going
    if request.method == "POST" and not changed:
        erase_signature(signature.id, signature.link_nonce)
        return _to(token)
    return private_page(
        "mine/erase.html",
        409 if changed else 200,
        letter=signature.letter,
        token=token,
        alone=line(signature, full=True),
        standing=queries.standing(signature),
        others=[(line(other, full=True), queries.standing(other)) for other in others],
        going=going,
        changed=changed,
    )
