"""`gubi keys`: the keyring's rotation, while everything runs."""
