"""Audit: the log of each team, of who did what, when, to what."""
