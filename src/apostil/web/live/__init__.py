"""A job's events as they happen, to any number of clients."""
