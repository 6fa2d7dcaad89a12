"""The blueprint of the organiser's pages of files, which several modules share."""

from tribune.teams.guard import manage_blueprint

bp = manage_blueprint("manage_exports", __name__)
