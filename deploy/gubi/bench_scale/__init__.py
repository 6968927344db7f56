"""`make bench-scale`: how many a second by workers and partitions, at what cost however much is stored, for how long.

`throughput`, `stored`, `soak` and `half` each measure one thing on an installation of their own; `running` puts what
they found into one report, and `sizing` reckons from that what a city and a nation need.
"""
