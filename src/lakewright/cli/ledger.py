"""`lakewright ledger rebuild`: the ledger learned anew from what the tables' commits say."""

import click

from lakewright.cli.invocation import Invocation, ProjectCommand


@click.group()
def command() -> None:
    """Look after the ledger."""


@command.command(cls=ProjectCommand)
@click.pass_obj
def rebuild(invocation: Invocation) -> None:
    """Make the ledger anew from the tables' commits. No table is changed; past runs stay listed
    where the ledger still has them.
    """
    with invocation.workspace() as workspace, workspace.alone():
        found = workspace.rebuild_ledger()
    batches = f"{found.batches} batch{'' if found.batches == 1 else 'es'}"
    tables = f"{found.tables} table{'' if found.tables == 1 else 's'}"
    click.echo(f"the ledger knows {batches} of bronze and what {tables} were built from")
