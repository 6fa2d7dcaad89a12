"""Letters: the texts to sign, from draft to closed."""
