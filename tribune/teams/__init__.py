"""Teams: organisers who carry letters together, and what each of them may do."""
