"""Nodes as operations on arrays, in the order that costs least."""
