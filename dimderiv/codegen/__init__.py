"""Code for other systems: from an answer to the source of a function that computes it."""
