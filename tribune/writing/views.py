"""The picture of a letter, as readers get it."""

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from tribune import tokens
from tribune.headers import cacheable, left_out
from tribune.letters.models import Image, Letter
from tribune.letters.queries import published_letter
from tribune.tokens import Purpose
from tribune.writing.queries import picture_data

bp = Blueprint("writing", __name__)

PASS_LASTS = 3600  # seconds for which a page under embargo shows its picture


@bp.get("/letters/<slug>/image-<digest>.jpg")
def image(slug: str, digest: str) -> ResponseReturnValue:
    """The pixels that this digest names; of a letter that readers may not see, for a page shown within the hour."""
    letter = published_letter(slug)
    if letter is not None:
        response = _public(slug, digest)
        response.vary.clear()  # it speaks no language: a proxy keeps one for all readers
        return left_out(response) if letter.noindex else response
    if tokens.payload_of(Purpose.PICTURE, request.args.get("pass", ""), PASS_LASTS) != [slug, digest]:
        abort(404)
    response = _picture(slug, digest)
    response.cache_control.no_store = True
    return left_out(response)


@cacheable
def _public(slug: str, digest: str) -> Response:
    """Another picture has another address; but one that is taken down is to be gone as soon as a page is."""
    response = _picture(slug, digest)
    response.set_etag(digest)
    return response


def _picture(slug: str, digest: str) -> Response:
    return Response(picture_data(slug, digest) or abort(404), mimetype="image/jpeg")


@bp.app_template_global()
def picture_address(letter: Letter, image: Image) -> str:
    """Where a page finds the picture of its letter; while readers may not see it, with a pass."""
    address = url_for("writing.image", slug=letter.slug, digest=image.digest, lang=None)
    if letter.is_published and not letter.taken_down_at:
        return address
    return f"{address}?pass={tokens.issue(Purpose.PICTURE, [letter.slug, image.digest])}"
