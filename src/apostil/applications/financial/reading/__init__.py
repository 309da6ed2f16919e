"""From pages to statements: what the report is, where its statements stand, their rows and dated columns."""
