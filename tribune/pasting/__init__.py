"""Pasting: from a printed page to a draft with its first signatories, reviewed first."""
