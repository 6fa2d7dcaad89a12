"""Pasting: from a printed page to a letter with its people, looked over before it is kept."""
