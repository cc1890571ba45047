"""What a document claims against what the tables and metrics say, and what a table of figures says of itself."""
