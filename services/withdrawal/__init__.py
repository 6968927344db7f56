"""Withdrawal carries out what a holder asked for, taking back (회수) and withdrawing (취하), and the end of retention.

Takes   `withdrawal-requested`.
Gives   `submission-taken-back`, `submission-withdrawn`, `submission-expired`; the signed record of each destruction.
Owns    the progress of each erasure; with extraction it writes the erasure log.
Never   opens anything: it destroys keys and sweeps ciphertexts without reading either.
"""
