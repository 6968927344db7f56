"""`gubi wallets`: the endpoints that wallet apps are told at, as an operator keeps them."""
