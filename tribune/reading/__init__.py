"""Reading: from a page or a table, pasted or in a file, to a letter and its people; knows nothing else of the site."""
