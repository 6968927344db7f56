"""`gubi doctor`: is this installation well, and where not, what to do."""
