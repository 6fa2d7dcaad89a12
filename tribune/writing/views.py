"""The picture of a letter, as readers get it."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from tribune.writing.queries import picture_data

bp = Blueprint("writing", __name__)

FOREVER = 365 * 24 * 3600  # seconds; another picture has another address


@bp.get("/letters/<slug>/image-<digest>.jpg")
def image(slug: str, digest: str) -> ResponseReturnValue:
    """The pixels that this digest names, for whoever knows it: a draft shows its picture too."""
    response = Response(picture_data(slug, digest) or abort(404), mimetype="image/jpeg")
    response.cache_control.public = response.cache_control.immutable = True
    response.cache_control.max_age = FOREVER
    response.set_etag(digest)
    return response.make_conditional(request)
