"""Faults: things are killed, and the ledger is compared."""
