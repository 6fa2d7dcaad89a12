"""The organiser's pages of invitations are one group, over several modules."""

from tribune.teams.guard import manage_blueprint

bp = manage_blueprint("manage_invitations", __name__)
