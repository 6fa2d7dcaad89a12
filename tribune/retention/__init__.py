"""Retention: what is deleted automatically, and when."""
