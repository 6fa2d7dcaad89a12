"""Writing: the letter's form, its preview, drafts, and its picture."""
