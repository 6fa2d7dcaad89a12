"""People: what an organiser does for one signatory, and the order of the first ones."""
