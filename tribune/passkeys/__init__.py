"""Passkeys: a second way in for organisers, with a key that never leaves their device."""
