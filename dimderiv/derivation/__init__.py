"""What is called: `derive`, and what it returns."""
