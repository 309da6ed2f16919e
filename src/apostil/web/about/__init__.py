"""What the server tells of itself: where things are, what it offers, how it goes."""
