"""Which line of a statement a row is: settled by place, neighbours and arithmetic."""
