"""`lakewright version`: the versions of Lakewright and of what it stands on."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import click

PARTS = ("pysail", "pyspark-client", "deltalake", "pyarrow", "sqlglot", "sqlalchemy", "pydantic")


def own_version() -> str:
    """The version of Lakewright that is installed."""
    try:
        return version("lakewright")
    except PackageNotFoundError:
        return "(a source tree)"


@click.command
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def command(output: Literal["text", "json"]) -> None:
    """Show the versions of Lakewright and of what it stands on."""
    versions = {"lakewright": own_version(), "python": platform.python_version()}
    for part in PARTS:
        try:
            versions[part] = version(part)
        except PackageNotFoundError:
            versions[part] = "not installed"
    if output == "json":
        click.echo(json.dumps(versions, indent=2))
        return
    width = max(map(len, versions))
    for name, number in versions.items():
        click.echo(f"{name:<{width}}  {number}")
