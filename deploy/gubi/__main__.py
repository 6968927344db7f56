"""Lets `python -m deploy.gubi` do what `gubi` does."""

from deploy.gubi.main import main

main()
