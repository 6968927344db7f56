"""`make bench-select`: a whole programme decided, ranked and written in one selection run; how long, on what memory.

`making` stores the population, sealed as in production; `running` lets the service's own code run over it.
"""
