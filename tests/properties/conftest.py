"""How many lakes a property is tried on: `EXAMPLES`, by default fifty."""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "lakes",
    max_examples=int(os.environ.get("EXAMPLES", "50")),
    deadline=None,
    derandomize="EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    # An example takes seconds, and says which rows are wrong: making it smaller would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    print_blob=True,
)
settings.load_profile("lakes")
