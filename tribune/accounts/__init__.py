"""Accounts: an organiser's own name, log-ins and passkeys."""
