"""How each library spells the operations."""
