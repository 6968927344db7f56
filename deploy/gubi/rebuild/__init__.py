"""`gubi rebuild`: read models made anew from the events, while the old ones serve."""
