"""Invitations: first signatories asked one by one, each by a personal link."""
