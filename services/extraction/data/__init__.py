"""Data that came with the print: handed in beside the PDF, or embedded in it."""
