"""`gubi topics`: the broker's topics held against those that the code names."""
