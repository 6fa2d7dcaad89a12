"""Mine: what signatories do with their own signature, by a link and without an account."""
