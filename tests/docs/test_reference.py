"""The reference lists every key that a project may have, each with its default, and no other."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from lakewright import by, calendar, new, table
from lakewright.cli.init import TEMPLATE
from lakewright.errors import SpecErrors
from lakewright.spec.load import load
from lakewright.spec.project_file import EngineShape, EnvironmentShape, ProjectFile
from lakewright.spec.source_file import (
    CursorShape,
    FilesConnection,
    FilesSource,
    FilesStream,
    Partition,
    SqlConnection,
    SqlSource,
    SqlStream,
)
from lakewright.spec.table_file import (
    CalendarShape,
    LoadShape,
    LookupShape,
    MembersShape,
    ReadShape,
    TableHeader,
)

DOCS = Path(__file__).parents[2] / "docs"
PROJECT = DOCS / "reference" / "project.md"
CONTRACTS = DOCS / "reference" / "contracts.md"

MODELS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "lakewright.yaml": (ProjectFile,),
    "An environment": (EnvironmentShape,),
    "The engine": (EngineShape,),
    "Sources": (SqlSource, FilesSource),
    "A connection of type `sql`": (SqlConnection,),
    "A connection of type `files`": (FilesConnection,),
    "A stream of a `sql` source": (SqlStream,),
    "A cursor": (CursorShape,),
    "A partition": (Partition,),
    "A stream of a `files` source": (FilesStream,),
    "The header of a table": (TableHeader,),
    "A read": (ReadShape,),
    "A calendar": (CalendarShape,),
    "A lookup": (LookupShape,),
    "A load": (LoadShape,),
    "Members": (MembersShape,),
}
"""The models whose keys the first table below a heading lists."""

FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "`@table`": table,
    "`by`": by,
    "`new`": new,
    "`calendar`": calendar,
}


def tables_of(page: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The tables of a page, each with the heading above it, its rows by the names in its head."""
    heading, names, rows = "", [""], list[dict[str, str]]()
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        if not line.startswith("|"):
            if rows:
                yield heading, rows
            names, rows = [], []
            if line.startswith("#"):
                heading = line.lstrip("# ")
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not names:
            names = cells
        elif set(line) - set("|-: "):
            rows.append(dict(zip(names, cells, strict=True)))


def keys_below(heading: str, key: str) -> dict[str, dict[str, str]]:
    """The rows of the first table below a heading, by the one word in their cell `key`."""
    rows = next(rows for above, rows in tables_of(PROJECT) if above == heading)
    return {row[key].strip("`"): row for row in rows}


def column(page: Path, name: str) -> list[str]:
    """The words in code in one column of all tables of a page that have it."""
    rows = [row for _, of in tables_of(page) for row in of if name in row]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row[name])]


def defaults_of(models: tuple[type[BaseModel], ...]) -> dict[str, object]:
    """The keys of models as they are written: `required`, or their default."""
    fields = [item for model in models for item in model.model_fields.items()]
    return {
        field.alias or name: "required" if field.is_required() else field.get_default()
        for name, field in fields
    }


@pytest.mark.parametrize(("heading", "models"), MODELS.items(), ids=MODELS)
def test_the_keys_below_a_heading_are_those_of_its_models(
    heading: str, models: tuple[type[BaseModel], ...]
) -> None:
    listed = keys_below(heading, "key")
    expected = defaults_of(models)
    assert set(listed) == set(expected)
    for key, default in expected.items():
        says = listed[key]["default"]
        assert (says == "required") == (default == "required"), key
        if isinstance(default, str) and default not in ("", "required"):
            assert default in says, key


def test_no_model_is_left_out() -> None:
    read = (ProjectFile, SqlSource, FilesSource, TableHeader)
    found = {model for one in read for model in models_in(one)}
    assert found | {EngineShape} == {model for models in MODELS.values() for model in models}


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that an annotation speaks of, those of their fields included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for part in get_args(annotation):
        yield from models_in(part)


@pytest.mark.parametrize(("heading", "function"), FUNCTIONS.items(), ids=FUNCTIONS)
def test_the_arguments_below_a_heading_are_those_of_its_function(
    heading: str, function: Callable[..., object]
) -> None:
    listed = keys_below(heading, "argument")
    parameters = inspect.signature(function).parameters
    assert list(listed) == list(parameters)
    for name, parameter in parameters.items():
        required = parameter.default is inspect.Parameter.empty
        assert (listed[name]["default"] == "required") == required, name


CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: shop_customers
    properties:
      - {name: customer_id, logicalType: zzz}
      - {name: name, logicalType: string, logicalTypeOptions: {zzz: 1}}
  - name: shop_orders
    properties:
      - {name: order_id, logicalType: string}
    customProperties:
      - {property: newColumn, value: zzz}
"""


def test_a_contract_knows_the_types_options_and_policies_of_its_page(tmp_path: Path) -> None:
    """What there is to choose from is said where something else is written."""
    for name in ("lakewright.yaml", "sources/shop.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((TEMPLATE / name).read_bytes())
    (tmp_path / "contracts" / "bronze").mkdir(parents=True)
    (tmp_path / "contracts" / "bronze" / "orders.yaml").write_text(CONTRACT, encoding="utf-8")
    with pytest.raises(SpecErrors) as caught:
        load(tmp_path, environ={})
    said = str(caught.value)
    declared = [set(one.split(", ")) for one in re.findall(r"declared: (.*)", said)]
    policies = re.search(r"`newColumn` must be (.*), not `zzz`", said)
    assert set(column(CONTRACTS, "logical type")) in declared
    assert set(column(CONTRACTS, "logical type option")) in declared
    assert policies
    assert set(column(CONTRACTS, "value")) == set(policies[1].split(", "))


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_every_code_in_a_table_of_mistakes_is_an_error_that_there_is(page: Path) -> None:
    if page.name != "errors.md":
        assert set(column(page, "code")) <= set(column(DOCS / "reference" / "errors.md", "code"))
