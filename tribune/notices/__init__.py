"""Notices: who runs the site, what happens to personal data; reporting a letter, and taking it down."""
