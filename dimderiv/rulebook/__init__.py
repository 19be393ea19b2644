"""What is differentiable, and how: a table for each operation, and declared functions."""
