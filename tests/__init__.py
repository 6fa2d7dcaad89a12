"""Tests, by what a person does; start with test_journey.py."""
