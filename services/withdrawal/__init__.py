"""Withdrawal carries out what a holder asked for: taking back (회수) and withdrawing the application (취하).

Takes   `withdrawal-requested`.
Gives   `submission-taken-back`, `submission-withdrawn`.
Owns    the progress of each erasure.
Never   opens anything: it destroys keys and sweeps ciphertexts without reading either.
"""
