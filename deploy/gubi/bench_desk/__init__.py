"""`make bench-desk`: pages of the officials' queue over 180,000 stored submissions; how long, and beside what.

`making` stores the queue as the desk's own folding would have; `running` asks the desk for its pages.
"""
