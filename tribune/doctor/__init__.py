"""Doctor: what is wrong with a site, and how to mend it."""
