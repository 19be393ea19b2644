"""The check's own reading of the language: values of programs, entry by entry."""
