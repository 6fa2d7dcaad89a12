"""Writing: the pages on which an organiser writes a letter and sees it as it will look."""
