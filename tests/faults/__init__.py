"""Faults: a whole installation under load, one thing after another broken for real, and the holders' ledgers compared.

python -m tests.faults [NAME …]       all faults, or these, on three Apache Kafka brokers; figures in var/faults.json

A fault is a file in `kinds`. Holders of `load` send and take back meanwhile and write down, synced, what they were
answered; when it is quiet again, `judging` compares their ledger with the gate, the topics, the desk's read model and
what the wallet apps were told. Every victim is a process that the run has started itself.
"""
