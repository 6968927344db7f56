"""Tables: found by their header row, followed to their end over pages, and read whole or not at all."""
