"""A study and what comes out of it."""
