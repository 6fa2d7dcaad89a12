"""The blueprint of the organiser's invitation pages, which several modules share."""

from tribune.teams.guard import manage_blueprint

bp = manage_blueprint("manage_invitations", __name__)
