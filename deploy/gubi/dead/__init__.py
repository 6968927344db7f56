"""`gubi dead`: what was parked, whether its record is still there, and taking it again."""
