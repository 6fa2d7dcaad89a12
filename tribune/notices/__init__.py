"""Notices: who runs the site, what happens to personal data; reporting a letter, taking it down or a version of it."""
