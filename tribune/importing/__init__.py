"""Importing: signatures given elsewhere, from a file: looked over first, asked to confirm or attested, taken back."""
