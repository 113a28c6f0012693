"""Doing a plan: the loop, one step, and the author's code inside its error boundary."""
