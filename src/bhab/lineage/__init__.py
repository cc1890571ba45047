"""Where a sample comes from and what became of it, and what changed between two versions of the data."""
