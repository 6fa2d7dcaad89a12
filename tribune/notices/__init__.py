"""Notices: who runs the site, what becomes of personal data, and how a letter is reported and taken down."""
