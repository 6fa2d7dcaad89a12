"""History: the versions of a text, what changed between them, and additions outside the signed text."""
