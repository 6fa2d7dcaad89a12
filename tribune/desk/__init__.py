"""Desk: one letter at a glance."""
