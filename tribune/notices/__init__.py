"""Notices: who runs the site, what becomes of personal data, and how to report a letter."""
