"""`lakewright init`: a small project that runs at once, or the example of the documentation."""

import shutil
from pathlib import Path

import click

from lakewright.errors import LakewrightError, SpecError

TEMPLATE = Path(__file__).with_name("template")
EXAMPLES = ("retail",)
_PROJECT_FILE = "lakewright.yaml"
_MADE_HERE = shutil.ignore_patterns("__pycache__", "lake", "*.pyc")
"""What a run of the example left behind in a source checkout."""


@click.command
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--example", type=click.Choice(EXAMPLES), help="A copy of this example instead.")
def command(folder: Path, example: str | None) -> None:
    """Make a small project in FOLDER that runs at once.

    It has CSV files with the usual dirt, three layers and a star schema. Nothing is overwritten.
    """
    if (folder / _PROJECT_FILE).exists():
        hint = "choose another folder: lakewright init shop"
        raise SpecError(
            "project-exists", f"there is a project in {folder.resolve()} already", hint=hint
        )
    origin = _example(example) if example else TEMPLATE
    taken = [one.name for one in sorted(origin.iterdir()) if (folder / one.name).exists()]
    if taken:
        message = f"{folder.resolve()} has {', '.join(taken)} already, and nothing is overwritten"
        raise SpecError(
            "project-exists", message, hint="choose an empty folder: lakewright init shop"
        )
    try:
        shutil.copytree(origin, folder, ignore=_MADE_HERE, dirs_exist_ok=True)
    except OSError as error:
        message = f"the project cannot be written to {folder.resolve()}: {error.strerror or error}"
        raise SpecError(
            "project-not-writable", message, hint="choose a folder that you may write to"
        ) from error
    _say_what_next(folder, origin)


def _example(name: str) -> Path:
    """Where an example lies: in the package, or beside the sources of a checkout."""
    package = Path(__file__).parent.parent
    for folder in (package / "examples" / name, package.parent.parent / "examples" / name):
        if (folder / _PROJECT_FILE).is_file():
            return folder
    raise LakewrightError(
        "no-example", f"this installation has no example `{name}`", hint="lakewright init shop"
    )


def _say_what_next(folder: Path, origin: Path) -> None:
    files = sum(1 for one in folder.rglob("*") if one.is_file())
    click.echo(f"made a project of {files} files in {folder.resolve()}; now:\n", err=True)
    steps = [(f"cd {folder}", "")] if folder != Path() else []
    if origin == TEMPLATE:
        steps += [
            ("lakewright run", "build its tables in ./lake"),
            ("lakewright quarantine", "see which rows were refused, and why"),
        ]
        steps += [] if len(steps) == 3 else [("lakewright read daily_revenue", "see what was sold")]
    else:
        steps += [("lakewright plan", "see what a run would do"), ("lakewright run", "do it")]
    for words, why in steps:
        click.echo(
            "  " + click.style(f"{words:<32}", bold=True) + click.style(why, dim=True), err=True
        )
