"""What is said of samples: keep or drop, which are equal, which belong together, and where chance comes from."""
