"""Moderation: the organiser's table of signatures, and batches of changes to them, which can be undone."""
