"""A shape for every part of a program, by unification, with a reason for each."""
