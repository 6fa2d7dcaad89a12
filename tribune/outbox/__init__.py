"""Outbox: mails waiting to be sent."""
