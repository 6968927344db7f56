"""The demo: the whole job, for real, on this machine, with fresh data; and a check that everything sums."""

from deploy.gubi.demo.play import run_demo

__all__ = ["run_demo"]
