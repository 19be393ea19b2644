"""Derivatives as programs of the language, with names for what repeats."""
