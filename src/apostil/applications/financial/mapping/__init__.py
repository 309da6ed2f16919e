"""From rows to facts: which concept a row is, its sign, its scale and its period."""
