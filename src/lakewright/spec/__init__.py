"""What the author declared, read from text and checked; nothing here knows an engine."""
