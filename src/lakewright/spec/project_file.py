"""`lakewright.yaml`: the project's name, its environments and variables.

lakewright.yaml ──▶ ProjectFile (shape) ──▶ the chosen Environment, its paths absolute
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Field

from lakewright.errors import Location, SpecError
from lakewright.spec.document import Document
from lakewright.spec.interpolation import Interpolated, Variables, interpolate
from lakewright.spec.names import Name
from lakewright.spec.problems import Problems, validated
from lakewright.spec.values import Environment, Value
from lakewright.spec.yaml_file import read_yaml

PROJECT_FILE = "lakewright.yaml"
_SQLITE = "sqlite:///"


class EnvironmentShape(Value):
    """One way to run the project; `engine` is looked at only when the environment is chosen."""

    engine: Mapping[str, object] = Field(default_factory=lambda: {"type": "sail"})
    lake: str
    ledger: str | None = None


class EngineShape(Value):
    """What executes DataFrames."""

    type: Literal["sail"] = "sail"


class ProjectFile(Value):
    """The shape of `lakewright.yaml`."""

    project: Name
    environments: dict[str, EnvironmentShape] = Field(min_length=1)
    default: str = "local"
    vars: dict[str, str | int | float | bool] = Field(default_factory=dict)


def read_project_file(folder: Path) -> Document:
    """Read `lakewright.yaml`; SpecError `no-project` where there is none."""
    file = folder / PROJECT_FILE
    if not file.is_file():
        message = f"there is no {PROJECT_FILE} in {folder.resolve()}"
        hint = "`lakewright init` makes a small project that runs at once"
        raise SpecError("no-project", message, hint=hint, where=Location(file))
    return read_yaml(file)


def read_variables(
    document: Document,
    given: Mapping[str, str],
    environ: Mapping[str, str],
    problems: Problems,
) -> Variables:
    """What `${NAME}` stands for; what is under `vars` may itself come from the environment."""
    around = Variables(declared={}, given={}, environ=environ)
    put_in = interpolate(document.part("vars"), around, problems)
    data = put_in.document.data
    declared = (
        {name: _written(value) for name, value in data.items()} if isinstance(data, dict) else {}
    )
    outside = frozenset(str(steps[0]) for steps, _ in put_in.from_outside if steps)
    return Variables(declared, given, environ, outside)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def choose_environment(shape: ProjectFile, document: Document, asked: str | None) -> str:
    """The name of the environment to use: the one asked for, else the default, else the first."""
    names = list(shape.environments)
    if asked is not None and asked not in names:
        raise SpecError.unknown("environment", asked, names, document.where("environments"))
    if asked is None and "default" in shape.model_fields_set and shape.default not in names:
        raise SpecError.unknown("environment", shape.default, names, document.where("default"))
    name = asked or shape.default
    return name if name in names else names[0]


def build_environment(name: str, document: Document, folder: Path) -> Environment:
    """The chosen environment; `document` has its values in place."""
    part = document.part("environments", name)
    engine = part.part("engine")
    written = engine.data.get("type", "sail") if isinstance(engine.data, dict) else "sail"
    if written != "sail":
        message = f"the engine `{written}` cannot be used: only `sail` can, for now"
        hint = "write `engine: {type: sail}`"
        raise SpecError("unknown-engine", message, hint=hint, where=engine.where("type"))
    shape = validated(EnvironmentShape, part)
    validated(EngineShape, engine)
    lake = _absolute(shape.lake, folder)
    if shape.ledger is None and "://" in lake:
        message = f"the lake `{shape.lake}` is not a local folder, so the ledger cannot lie in it"
        hint = "add `ledger:` with the URL of a PostgreSQL database"
        raise SpecError("ledger-required", message, hint=hint, where=part.where("lake"))
    ledger = shape.ledger or f"{_SQLITE}{lake}/_ledger.db"
    return Environment(name=name, lake=lake, ledger=_absolute_ledger(ledger, folder))


def interpolated_environment(
    name: str, document: Document, variables: Variables, problems: Problems
) -> Interpolated:
    """The document with values put in where the chosen environment needs them, and nowhere else."""
    data = document.data if isinstance(document.data, dict) else {}
    chosen = {"environments": {name: data.get("environments", {}).get(name)}}
    return interpolate(replace(document, data=chosen), variables, problems)


def _absolute(path: str, folder: Path) -> str:
    return path if "://" in path else str((folder / Path(path).expanduser()).resolve())


def _absolute_ledger(url: str, folder: Path) -> str:
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or path.startswith("/") or path in ("", ":memory:"):
        return url
    return _SQLITE + str((folder / path).resolve())
