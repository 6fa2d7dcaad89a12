"""The organiser's pages."""

from tribune.teams.guard import manage_blueprint

bp = manage_blueprint("manage_writing", __name__)
