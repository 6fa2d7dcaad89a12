"""The page that asks those who signed earlier words whether they sign the new text; a mail links to it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.asking.actions import agree as agree_to_text
from tribune.asking.actions import disagree
from tribune.database import now
from tribune.headers import GONE, private, private_page
from tribune.i18n import current_language
from tribune.invitations.links import answer_link
from tribune.invitations.queries import invitation_behind
from tribune.letters.queries import told_title
from tribune.signatures.actions import LetterClosed, SignatureUnknown, TextChanged
from tribune.signatures.agreement import has_to_agree, stands_under_present_text
from tribune.signatures.lines import line
from tribune.signatures.mails import answers_until
from tribune.signatures.models import Signature
from tribune.signatures.queries import signature_of_link
from tribune.signatures.stamp import ANSWER_HERE, refuse_other_sites
from tribune.tokens import Purpose

bp = Blueprint("asking", __name__)


@bp.get("/signatures/agree/<token>")
def show_agree(token: str) -> Response:
    """Show the new title, what changed, their line and two buttons; or the answer, once there is one."""
    signature = _of_token(token)
    return _page(signature) if signature else _broken()


@bp.post("/signatures/agree/<token>")
def agree(token: str) -> Response:
    """Agree to the new text, once; or decline, which can be changed later."""
    signature = _of_token(token)
    refuse_other_sites(ANSWER_HERE)
    if signature is None:
        return _broken()
    answer = agree_to_text if request.form.get("answer") == "yes" else disagree
    try:
        answer(signature.id, signature.link_nonce, request.form.get("version", ""))
    except SignatureUnknown:
        return _broken()
    except LetterClosed:
        return _page(signature)
    except TextChanged:
        return _page(signature, changed=True)
    return private(redirect(url_for(".show_agree", token=token, said=int(now().timestamp())), 303))


def _page(signature: Signature, changed: bool = False) -> Response:
    letter = signature.letter
    if letter.taken_down_at:
        return private_page("signatures/closed.html", 403, letter=letter)
    if signature.withdrawn_at:
        return private_page("signatures/withdrawn.html", letter=letter)
    if not letter.is_published and (invitation := invitation_behind(signature)):  # the invitation shows the text
        link = answer_link(invitation)
        return private(redirect(url_for(link.endpoint, token=link.token()), 303))
    shown = line(signature)
    if not has_to_agree(signature):
        said = request.args.get("said", 0.0, type=float)  # not since when they count: held ones get the same page
        on_its_way = now().timestamp() - said < GONE
        return private_page(
            "asking/agreed.html",
            letter=letter,
            line=shown,
            signature=signature,
            stands=stands_under_present_text(signature),
            on_its_way=on_its_way,
        )
    if not letter.confirms(signature.signed_at):
        return private_page("signatures/closed.html", 403, letter=letter, too_late=False, earlier=True)
    return private_page(
        "asking/agree.html",
        409 if changed else 200,
        letter=letter,
        line=shown,
        signature=signature,
        changed=changed,
        old_title=told_title(letter, signature.letter_version),
        until=answers_until(letter, current_language()),
    )


def _of_token(token: str) -> Signature | None:
    """Return the signature of a link, if it is confirmed or attested."""
    payload = tokens.payload_of(Purpose.AGREE, token)
    found = signature_of_link(*payload) if payload else None
    return found if found and found.is_vouched_for else None


def _broken() -> Response:
    return private_page("signatures/link_broken.html", 404)
