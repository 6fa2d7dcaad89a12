"""Abuse: how much one network may do, what is asked of it above that, and emergency switches."""
