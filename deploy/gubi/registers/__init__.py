"""`gubi register`: the commands, the file that they open, and what importing it shows."""
