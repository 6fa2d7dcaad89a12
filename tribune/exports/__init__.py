"""Exports: the list of signatures as files."""
