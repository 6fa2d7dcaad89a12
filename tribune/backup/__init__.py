"""Backup: the whole site in one file, and its restoration."""
