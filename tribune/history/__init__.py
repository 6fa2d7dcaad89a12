"""History: the versions of a text, what changed between them, and what was added outside it."""
