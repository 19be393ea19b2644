"""The steps: recorded, then put into words."""
