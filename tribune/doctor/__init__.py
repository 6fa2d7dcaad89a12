"""Doctor: what is wrong with a site and how to fix it; metrics; the administrator's pages."""
