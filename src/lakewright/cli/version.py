"""`lakewright version`: the versions of Lakewright and of what it stands on."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import click

from lakewright.cli.main import own_version

PARTS = ("pysail", "pyspark-client", "deltalake", "pyarrow", "sqlglot", "sqlalchemy", "pydantic")


@click.command
@click.option("--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
