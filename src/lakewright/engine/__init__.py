"""What executes DataFrames: a session, and what only that engine can do."""
