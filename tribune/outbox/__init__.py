"""Outbox: messages waiting to leave."""
