"""What is known of the world when a plan is made: the lake's tables, the ledger's memory, what the
sources say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakewright.sources.port import Outlook, Position
from lakewright.store.lake import TableState
from lakewright.store.records import Consumed


@dataclass(frozen=True)
class Knowledge:
    """`tables` are those in the lake; `consumed` what each built table stands for; `outlooks` what
    can be read.
    """

    tables: Mapping[str, TableState] = field(default_factory=dict)
    consumed: Mapping[str, Consumed] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    outlooks: Mapping[str, Outlook] = field(default_factory=dict)
