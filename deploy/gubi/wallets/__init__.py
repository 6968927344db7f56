"""`gubi wallets`: what an operator keeps of the wallet apps: their keys, and the endpoints they are told at."""
