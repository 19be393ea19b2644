"""The data of the middle: labelled products, sums, maps and functions, in normal form."""
