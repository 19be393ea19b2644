"""How shapes are found: names, kinds of symbols, the axes of every operation, and clashes."""
