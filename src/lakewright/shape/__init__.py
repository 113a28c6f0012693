"""Pure shapes, DataFrame to DataFrame: doors, newest, history, lookups. No shape reads a table."""
