"""From facts to sentences: what is derived, what is missing, and the words for it."""
