"""The schema's history. A table changes only by a new file in ``versions``."""
