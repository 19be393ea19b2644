"""Loops over blocks of rows, where these pay."""
