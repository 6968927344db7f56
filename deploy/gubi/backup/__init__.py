"""`gubi backup` and `gubi restore`: the store and the keys, apart from each other."""
