"""Stand-ins for source systems that speak their real protocols: for trying and for tests."""
