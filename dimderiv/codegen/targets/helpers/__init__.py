"""Functions that generated code brings along; their text is printed, nothing imports them."""
