"""From raw items to rows of the sample tables."""
