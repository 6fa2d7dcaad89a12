"""Accounts: what organisers keep of their own: a name, where they are logged in, passkeys."""
