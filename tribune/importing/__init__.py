"""Importing: signatures collected elsewhere, from a file, reviewed first; people confirm, or organisers attest them."""
