"""Review: flagged signatures, for organisers to look at."""
