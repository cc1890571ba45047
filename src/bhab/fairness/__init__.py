"""Measures by group: balance, accuracy, recall, gaps, with counts and intervals."""
