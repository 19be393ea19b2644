"""Whole functions: dense, as operators, as layers."""
