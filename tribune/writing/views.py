"""The picture of a letter, as readers receive it."""

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from tribune import tokens
from tribune.headers import not_indexed, same_for_all
from tribune.letters.models import Image, Letter
from tribune.letters.queries import published_letter
from tribune.tokens import Purpose
from tribune.writing.queries import picture_data

bp = Blueprint("writing", __name__)

PASS_LASTS = 3600  # seconds for which a page that is not public can load its picture


@bp.get("/letters/<slug>/image-<digest>.jpg")
def image(slug: str, digest: str) -> ResponseReturnValue:
    """Return the picture with this digest; if readers may not see the letter, only with a `pass` issued to a page."""
    letter = published_letter(slug)
    if letter is not None:
        response = _public(slug, digest)
        return not_indexed(response) if letter.noindex else response
    if tokens.payload_of(Purpose.PICTURE, request.args.get("pass", ""), PASS_LASTS) != [slug, digest]:
        abort(404)
    return not_indexed(_picture(slug, digest))


@same_for_all
def _public(slug: str, digest: str) -> Response:
    """Return the picture, cached no longer than a page although its content never changes: it may be taken down."""
    response = _picture(slug, digest)
    response.set_etag(digest)
    return response


def _picture(slug: str, digest: str) -> Response:
    return Response(picture_data(slug, digest) or abort(404), mimetype="image/jpeg")


@bp.app_template_global()
def picture_address(letter: Letter, image: Image) -> str:
    """Return the address of a letter's picture, with a pass if readers may not see the letter."""
    address = url_for("writing.image", slug=letter.slug, digest=image.digest, lang=None)
    if letter.is_readable:
        return address
    return f"{address}?pass={tokens.issue(Purpose.PICTURE, [letter.slug, image.digest])}"
