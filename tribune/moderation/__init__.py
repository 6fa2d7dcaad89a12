"""Moderation: the organiser's table of signatures, and all that keeps a list credible and can be undone."""
