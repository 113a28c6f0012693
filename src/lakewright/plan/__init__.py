"""What will happen, as values: the steps in order, and why."""
