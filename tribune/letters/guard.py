"""Who may open an organiser's page: whoever is logged in, and only the letters that are theirs."""

from flask import Blueprint, abort
from flask_login import current_user, login_required

from tribune.letters.models import Letter
from tribune.letters.queries import letter_of


def manage_blueprint(name: str, module: str) -> Blueprint:
    """A group of pages below /manage, each of which asks for a log-in."""
    bp = Blueprint(name, module, url_prefix="/manage")
    bp.before_request(login_required(lambda: None))
    return bp


def my_letter(letter_id: int) -> Letter:
    """The letter of an address, if it is mine; a stranger's does not exist."""
    return letter_of(current_user.organiser, letter_id) or abort(404)
