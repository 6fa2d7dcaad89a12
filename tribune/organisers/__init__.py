"""Organisers: the people who publish letters and answer for them."""
