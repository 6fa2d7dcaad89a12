"""The public pages."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
