"""Asking: after a change of substance, those who signed earlier words are asked to agree to the new ones."""
