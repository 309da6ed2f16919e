"""The annual report of a company that does not exist, with sums that hold."""
