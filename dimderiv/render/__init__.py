"""Printers: a syntax tree in, text of the language or LaTeX out."""
