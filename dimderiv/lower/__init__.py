"""Typed programs, and the formulas of rules, as nodes of the graph."""
