"""Labelled values: found by the label's words and by where the value stands to it, ruled or not."""
