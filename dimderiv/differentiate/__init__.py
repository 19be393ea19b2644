"""Derivatives of nodes: the reverse and the forward sweep, properties, tied entries."""
