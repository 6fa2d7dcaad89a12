"""The audit log of a team: who did what, when, to what."""
