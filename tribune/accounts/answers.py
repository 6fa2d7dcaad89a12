"""JSON that a device sends through the browser; anybody may send it."""

from typing import Any

from flask import abort, request


def answer_of_device() -> dict[str, Any]:
    """Return the JSON body, whose `answer` is what the device said; 400 for anything else."""
    try:
        told = request.get_json(silent=True)
    except RecursionError:  # thousands of nested brackets
        abort(400)
    if not isinstance(told, dict) or not isinstance(told.get("answer"), dict):
        abort(400)
    return told
