"""People: what an organiser does for one signatory, and the order of first signatories."""
