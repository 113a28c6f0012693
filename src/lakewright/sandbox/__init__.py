"""Real-protocol stand-ins for source systems, to try a project and to test it without an account."""
