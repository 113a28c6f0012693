"""Connectors: what there is to read, and a DataFrame that reads it."""
