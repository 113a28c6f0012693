"""One engine for a whole process, as tests and notebooks want it: started once."""

import atexit
from functools import cache

from lakewright.engine.sail import SailEngine


@cache
def shared_engine() -> SailEngine:
    """The engine of this process, starting; the first `session` waits for it."""
    engine = SailEngine()
    engine.start()
    atexit.register(engine.stop)
    return engine
