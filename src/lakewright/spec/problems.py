"""Collect all that is wrong, and turn what pydantic says into errors with a file and a line.

Document ──validated──▶ a frozen model
             └─ unknown key, missing key, wrong value ──▶ Problems ──▶ one SpecErrors
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lakewright.errors import LakewrightError, SpecError, SpecErrors
from lakewright.spec.document import Document, Steps

Shape = TypeVar("Shape", bound=BaseModel)

HIDDEN = "connection"
"""The key whose values are never repeated in a message: there may be a password in them."""


class Problems:
    """The errors found so far: a project's author sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[LakewrightError] = []

    def add(self, *errors: LakewrightError) -> None:
        """Note errors, and go on."""
        for error in errors:
            known = (error.code, error.where, error.message)
            if known not in ((one.code, one.where, one.message) for one in self.found):
                self.found.append(error)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Note the errors raised inside instead of raising them."""
        try:
            yield
        except SpecErrors as errors:
            self.add(*errors.problems)
        except SpecError as error:
            self.add(error)

    def end(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise SpecErrors(self.found)


def validated(shape: type[Shape], document: Document, *, extra_forbidden: bool = False) -> Shape:
    """The document as a `shape`; SpecErrors with the line of each key that is wrong.

    `extra_forbidden` refuses unknown keys also in models that would allow them.
    """
    data = {} if document.data is None else document.data
    try:
        return shape.model_validate(data, extra="forbid" if extra_forbidden else None)
    except ValidationError as error:
        found = [_problem(shape, document, detail) for detail in error.errors()]
        raise SpecErrors(list({(one.where, one.message): one for one in found}.values())) from error


def _problem(shape: type[BaseModel], document: Document, detail: ErrorDetails) -> SpecError:
    steps = _written(detail["loc"], document.data)
    where = document.where(*steps)
    name = str(steps[-1]) if steps else document.file.name
    match detail["type"]:
        case "extra_forbidden":
            known = _keys(shape, detail["loc"][:-1])
            return SpecError.unknown("key", str(detail["loc"][-1]), known, where)
        case "missing":
            key = detail["loc"][-1]
            around = f" in `{steps[-1]}`" if steps and steps[-1] != key else ""
            return SpecError("missing-key", f"the key `{key}` is missing{around}", where=where)
        case "model_type" | "dict_type" | "model_attributes_type":
            message = f"`{name}` must be a mapping of keys to values"
        case "value_error":
            message = f"`{name}` {detail['msg'].removeprefix('Value error, ')}"
        case "literal_error":
            message = f"`{name}` must be {detail.get('ctx', {}).get('expected', '')}"
            if HIDDEN not in steps:
                message += f", not `{detail['input']}`"
        case "bool_parsing" | "bool_type":
            message = f"`{name}` must be true or false"
        case "string_too_long" if detail["ctx"]["max_length"] == 1:
            message = f"`{name}` must be one character"
        case _:
            message = f"`{name}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    hint = "write it in quotes" if detail["type"] == "string_type" else ""
    return SpecError("invalid-value", message, hint=hint, where=where)


def _written(loc: Steps, data: object) -> Steps:
    """The part of a location that the author wrote; pydantic adds the names of union members."""
    steps: list[str | int] = []
    for step in loc:
        match data:
            case dict() if step in data:
                data = data[step]
            case list() if isinstance(step, int) and step < len(data):
                data = data[step]
            case _:
                continue
        steps.append(step)
    return tuple(steps)


def _keys(shape: type[BaseModel], loc: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the model at a location knows, by the names under which they are written."""
    models = [shape]
    for step in loc:
        inside = [
            model
            for one in models
            for name, field in one.model_fields.items()
            if step in (name, field.alias)
            for model in _models(field.annotation)
        ]
        models = inside or models  # a list position, a free key, or a union's member
    return tuple(
        field.alias or name for model in models for name, field in model.model_fields.items()
    )


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - an annotation can be anything
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, UnionType) or get_args(annotation):
        return [model for part in get_args(annotation) for model in _models(part)]
    return []
