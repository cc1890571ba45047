"""The embedded corpus: drawn, written and spoken by this package, with planted faults."""
