"""Tell observers what happens; an observer that fails is named once and asked no more: it can never
fail a run.
"""

import logging
from collections.abc import Callable, Iterable

from lakewright.observe.events import Event

Observer = Callable[[Event], None]
log = logging.getLogger("lakewright")


class Observers:
    """The observers of one run that still work; it forgets one that raised, therefore it is a
    class.
    """

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = list(observers)

    def tell(self, event: Event) -> None:
        """Give an event to every observer."""
        for observer in tuple(self._observers):
            try:
                observer(event)
            except Exception:
                self._observers.remove(observer)
                log.exception("an observer failed and is left out from here on; the run goes on")
