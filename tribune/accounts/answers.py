"""What a device sends through the browser: JSON, from anybody."""

from typing import Any

from flask import abort, request


def answer_of_device() -> dict[str, Any]:
    """The body of this request, in which `answer` holds what the device said; anything else is a bad request."""
    try:
        told = request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, by the thousand
        abort(400)
    if not isinstance(told, dict) or not isinstance(told.get("answer"), dict):
        abort(400)
    return told
