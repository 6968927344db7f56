"""What a page shows: its words and ruled lines as geometry, and lines of text put together again."""
