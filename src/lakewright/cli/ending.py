"""How a command ended, as an exit code: 0 done, 1 yours to mend, 2 ours, 130 stopped by Ctrl-C."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import click

from lakewright.cli.failure import apology, explained, misused
from lakewright.cli.invocation import Invocation
from lakewright.cli.stopping import INTERRUPTED, say_stopped
from lakewright.errors import LakewrightError

MENDABLE, DEFECT = 1, 2


class Ending:
    """The one place where errors end. A class, since it stands around the command as a context."""

    def __init__(self, invocation: Invocation) -> None:
        self.code = 0
        self._invocation = invocation

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        masked = self._invocation.masked
        match error:
            case None:
                return True
            case click.Abort() | KeyboardInterrupt():
                say_stopped()
                self.code = INTERRUPTED
            case click.ClickException():
                self._say(list(misused(error)))
                self.code = MENDABLE
            case LakewrightError():
                self._say([*explained(error, masked), *self._invocation.trace(error)])
                self.code = error.exit_code
            case Exception():
                self._say(
                    [
                        *apology(error, masked, debug=self._invocation.debug),
                        *self._invocation.trace(error),
                    ]
                )
                self.code = DEFECT
            case _:
                return False
        return True

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            click.echo(line, err=True)
