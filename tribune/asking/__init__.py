"""After a change of substance: those who signed earlier words are asked whether they sign the new ones."""
