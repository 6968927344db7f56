"""`gubi erased`: everything that is kept anywhere is searched for what is left of one submission."""
