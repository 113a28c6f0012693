"""How many lakes a property is tried on: `EXAMPLES`, by default so few that the suite stays short."""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "lakes",
    max_examples=int(os.environ.get("EXAMPLES", "2")),
    deadline=None,
    derandomize="EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    # An example takes seconds: it is shrunk by its sizes, never for long.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    print_blob=True,
)
settings.load_profile("lakes")
