"""`make bench-extract`: how exactly and how fast certificates are read, over all kinds and producers.

`corpus` makes them, `running` reads them through the jail, `score` counts, `cost` measures inside the jail.
"""
