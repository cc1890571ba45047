"""The table of all adapters. A new corpus is one module here and one line below."""
