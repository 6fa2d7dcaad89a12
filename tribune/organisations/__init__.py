"""Organisations as people write them: spellings suggested, and merged."""
