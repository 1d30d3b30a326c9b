"""A corpus of workbooks as people make them, and of what a person reads in each (see README.md)."""
