"""Signatures: a person's name under a letter, from the form to the printed line."""
