"""Reports of companies that do not exist: drawn in many ways, with every true figure known."""
