"""The command line `gubi`: the composition root, the one place that may import every service."""
