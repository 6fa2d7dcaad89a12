"""Retention: what is forgotten by itself, and when."""
