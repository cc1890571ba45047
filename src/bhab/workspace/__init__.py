"""A copy of the pipeline with its own params and data, for real corpora."""
