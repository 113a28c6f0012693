"""Makes the reference shop's source data, day by day, with the dirt that real systems make."""
