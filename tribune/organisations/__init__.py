"""Organisations: spellings merged by organisers, and proposed on the form."""
