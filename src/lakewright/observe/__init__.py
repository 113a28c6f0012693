"""What happens in a run, as events; it can never fail a run."""
