"""The steps in words: English and Chinese, text and LaTeX."""
