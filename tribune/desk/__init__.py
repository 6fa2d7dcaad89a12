"""The desk: one letter at a glance, in numbers that matter."""
