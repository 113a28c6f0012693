"""`lakewright`: the commands by name, each imported only when it is called.

    argv ─▶ Commands ─▶ one module of this package ─▶ workspace ─▶ rendered ─▶ exit code

`--help` imports click and this file, so that it comes at once; each command's help stands here.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from lakewright.cli.ending import Ending
from lakewright.cli.invocation import Invocation, project_options
from lakewright.cli.stopping import INTERRUPTED

COMMANDS = {
    "init": "Make a small project that runs at once.",
    "plan": "Say what a run would do, and why.",
    "run": "Bring every table up to date.",
    "retry": "Do again what the last run failed to do.",
    "status": "Show how every table stands, and the last runs.",
    "read": "Read rows of a table.",
    "show": "Run a table's query and show its rows; write nothing.",
    "quarantine": "Show the rows that were refused, and why.",
    "history": "Show the commits of a table.",
    "ledger": "Look after the ledger: rebuild it from the tables.",
    "version": "Show the versions of Lakewright and of what it stands on.",
}
"""Every command with its help in a line; the module has the command's name."""


class Commands(click.Group):
    """The commands by name. A class, since that is how click learns to find commands late."""

    def __init__(self) -> None:
        super().__init__(
            "lakewright",
            params=[*project_options(environ=True), _version_option()],
            help="Build a lakehouse from declarations: sources, contracts and tables.",
            epilog="Begin with: lakewright init shop && cd shop && lakewright run",
            commands={name: click.Command(name, help=text) for name, text in COMMANDS.items()},
            context_settings={"help_option_names": ["-h", "--help"]},
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of their use, not of the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, its module imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"lakewright.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help; imports nothing."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(  # type: ignore[override]  # every way in ends with an exit code
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401 - click's
    ) -> NoReturn:
        """Run a command; whatever happens ends in an exit code, and words where it went wrong."""
        given = sys.argv[1:] if args is None else list(args)
        invocation = Invocation(arguments=tuple(given))
        extra |= {"standalone_mode": False, "obj": invocation}
        with Ending(invocation) as ending:
            ending.code = int(super().main(given, prog_name or "lakewright", **extra) or 0)
        sys.exit(ending.code)


def _version_option() -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
        if asked and not ctx.resilient_parsing:
            from lakewright.cli.version import own_version  # noqa: PLC0415 - --help must not pay for it

            click.echo(f"lakewright {own_version()}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show the version.",
    )


commands = Commands()


def main() -> NoReturn:
    """The entry point of the installed command."""
    # A command loads modules and declarations, which stay: there is hardly anything to collect.
    gc.set_threshold(100_000, 50, 50)
    try:
        commands.main()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # Steps at work in threads would keep the process; what is not committed is not there.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise


if __name__ == "__main__":
    main()
