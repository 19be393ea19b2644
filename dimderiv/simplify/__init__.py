"""Shorter nodes of equal value."""
