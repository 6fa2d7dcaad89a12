"""Reading: turns a page or a table, pasted or in a file, into a letter and its people; knows nothing of other areas."""
