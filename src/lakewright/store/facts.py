"""What a commit says of itself, in its `userMetadata`: enough to rebuild the ledger from the tables
alone.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from lakewright.store.records import InputVersion

FORMAT = 1


@dataclass(frozen=True)
class Facts:
    """Who wrote a commit and what it stands for.

    `consumed` are the versions of its inputs that a built table stands for; `position` is how far
    an ingested stream has been read with it; `content` identifies a full extract; `logical_time` is
    ISO 8601 in UTC.
    """

    project: str
    run: str
    table: str
    batch: str
    logical_time: str
    definition: str = ""
    consumed: Mapping[str, InputVersion] = field(default_factory=dict)
    identity: str = ""
    interval: str = ""
    position: Mapping[str, Any] = field(default_factory=dict)
    content: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The facts as the text that is kept in a commit."""
        return json.dumps({"lakewright": FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> Self | None:
        """The facts of a commit, None where it was not ours (maintenance by another tool)."""
        try:
            values = json.loads(text or "")
        except ValueError:
            return None
        if not isinstance(values, dict) or values.pop("lakewright", None) != FORMAT:
            return None
        consumed = {name: InputVersion(**one) for name, one in values.pop("consumed").items()}
        return cls(consumed=consumed, **values)
