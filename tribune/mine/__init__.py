"""A signatory with their own signature in hand: a link, no account."""
