"""What every command may be told: which project, environment and variables; the project, opened.

lakewright --project shop --env test run    =    lakewright run --project shop --env test
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lakewright.spec.values import Project
    from lakewright.store.lake import Lake
    from lakewright.workspace import Workspace

PROJECT_FILE = "lakewright.yaml"
MASK = "***"


@dataclass
class Invocation:
    """What stood on the command line beside the command, and the secrets that must not be printed.

    It gathers what is known as it becomes known, therefore it can change.
    """

    project: Path | None = None
    environment: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    debug: bool = False
    arguments: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The project's folder: as told, else the nearest upwards with a `lakewright.yaml`."""
        if self.project is not None:
            return self.project
        here = Path.cwd()
        return next((one for one in (here, *here.parents) if (one / PROJECT_FILE).is_file()), here)

    @contextmanager
    def workspace(self) -> "Iterator[Workspace]":
        """The project with its lake and ledger."""
        from lakewright.workspace import Workspace  # noqa: PLC0415 - --help must not pay for it

        with Workspace.open(self.folder, self.environment, self.variables) as workspace:
            self._keep_secrets(workspace.project)
            yield workspace

    def lake(self) -> "tuple[Project, Lake]":
        """The project and its lake, for reading alone."""
        from lakewright.spec.load import load  # noqa: PLC0415 - --help must not pay for it
        from lakewright.store.lake import Lake  # noqa: PLC0415

        project = load(self.folder, self.environment, self.variables)
        self._keep_secrets(project)
        return project, Lake(Path(project.environment.lake))

    def masked(self, text: str) -> str:
        """A text without the project's secrets."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return text

    def trace(self, error: BaseException) -> list[str]:
        """The lines of an error's traceback, where they were asked for with --debug."""
        return ["", self.masked("".join(format_exception(error)).rstrip())] if self.debug else []

    def _keep_secrets(self, project: "Project") -> None:
        # The longest first: a secret may be a part of another one.
        self.secrets = tuple(sorted(project.secrets, key=len, reverse=True))


class ProjectCommand(click.Command):
    """A command that works on a project; a class, so that the options of all are shown apart."""

    def __init__(self, *args: Any, **rest: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **rest)
        self.params += project_options(environ=False)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options, then those of every command."""
        shared = {option.name for option in project_options(environ=False)}
        parts: dict[str, list[tuple[str, str]]] = {"Options": [], "Project": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                parts["Project" if parameter.name in shared else "Options"].append(record)
        for title, records in parts.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def project_options(*, environ: bool) -> list[click.Parameter]:
    """The options before and after every command; with `environ` also from the environment."""
    return [
        click.Option(
            ["--project"],
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            help="The project's folder; else the nearest one upwards with a lakewright.yaml.",
            envvar="LAKEWRIGHT_PROJECT" if environ else None,
            show_envvar=environ,
            expose_value=False,
            callback=_keep,
        ),
        click.Option(
            ["--env", "environment"],
            metavar="NAME",
            help="The environment of lakewright.yaml to use.",
            envvar="LAKEWRIGHT_ENV" if environ else None,
            show_envvar=environ,
            expose_value=False,
            callback=_keep,
        ),
        click.Option(
            ["--var", "variables"],
            metavar="NAME=VALUE",
            multiple=True,
            help="A value for ${NAME}; may be given more than once.",
            expose_value=False,
            callback=_keep,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            help="Show the traceback of an error.",
            expose_value=False,
            callback=_keep,
        ),
    ]


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:  # noqa: ANN401 - as the option says
    invocation = ctx.ensure_object(Invocation)
    match option.name:
        case "project" if value is not None:
            if not value.is_dir():
                raise click.BadParameter(f"there is no folder {value}", ctx, option)
            invocation.project = value
        case "environment" if value:
            invocation.environment = value
        case "variables":
            for pair in value:
                name, equals, text = pair.partition("=")
                if not name or not equals:
                    raise click.BadParameter(f"`{pair}` must be NAME=VALUE", ctx, option)
                invocation.variables[name] = text
        case "debug" if value:
            invocation.debug = True
