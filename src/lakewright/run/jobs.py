"""How many steps of a run are at work at once; told apart, for `--help` must load no engine."""

JOBS = 3
"""The default: more than the cores, because commits and reads of logs leave the engine idle."""
