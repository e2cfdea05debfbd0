"""The lists, for people: every list of the API as a page, with a form for its filters, counts, and ways to take it out."""
