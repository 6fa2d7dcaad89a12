"""Reading: from a page as it was pasted to a letter and the people under it; knows nothing of the rest of the site."""
