"""YAML text → Document: YAML 1.2's core schema, with the line of every key.

libyaml takes the text apart, ten times faster than a parser written in Python does. Which plain
scalars are numbers, booleans or null is decided here as YAML 1.2 says, so that `NO` and
`2025-01-01` are words.
"""

import re
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # it has no stubs of its own

from lakewright.errors import Location, SpecError
from lakewright.spec.document import Document, Steps

_TAG = "tag:yaml.org,2002:"
_CORE_SCHEMA = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        (
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
        list("-+.0123456789"),
    ),
}


class _Composer(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # no stubs
    """Text → nodes with tags and marks; PyYAML's base loader knows no scalar but a string."""


for _name, (_pattern, _first) in _CORE_SCHEMA.items():
    _Composer.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})$"), _first)


def read_yaml(file: Path) -> Document:
    """Read a YAML file; SpecError `unreadable` or `yaml` where that cannot be done."""
    return parse_yaml(read_text(file), file)


def read_text(file: Path) -> str:
    """The text of a file that a person wrote, in UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"this file cannot be read: {error.strerror}"
        raise SpecError("unreadable", message, where=Location(file)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = (
            f"this file is not UTF-8 text (byte {error.start} is {error.object[error.start]:#04x})"
        )
        hint = "save it as UTF-8"
        raise SpecError("unreadable", message, hint=hint, where=Location(file, line)) from error


def parse_yaml(text: str, file: Path, first_line: int = 1) -> Document:
    """Take YAML text apart that begins on `first_line` of `file`."""
    try:
        root = yaml.compose(text, Loader=_Composer)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and mark and mark.line >= text.count("\n"):
            mark = error.context_mark  # what was never closed began there
        where = Location(file, first_line + (mark.line if mark else 0))
        line = "".join(text.splitlines()[where.line - first_line :][:1])
        context = f" {error.context}" if error.context else ""
        message = f"this is not YAML: {error.problem}{context}"
        raise SpecError(
            "yaml", message, hint=_hint(str(error.problem), line), where=where
        ) from error
    except yaml.YAMLError as error:
        message = f"this is not YAML: {error}".splitlines()[0]
        raise SpecError("yaml", message, where=Location(file, first_line)) from error
    lines: dict[Steps, int] = {(): first_line}
    data = None if root is None else _Builder(file, first_line, lines).value(root, ())
    return Document(file, data, lines)


def _hint(problem: str, line: str) -> str:
    if "\t" in line and "cannot start any token" in problem:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in problem:
        return "a value with a colon in it needs quotes; a nested key needs a line of its own"
    return "look at the indentation, the quotes and the brackets of this line and the one above it"


class _Builder:
    """Nodes → plain data, noting each line; the walk needs the file, and what is open around it."""

    def __init__(self, file: Path, first_line: int, lines: dict[Steps, int]) -> None:
        self.file = file
        self.first_line = first_line
        self.lines = lines
        self.open: set[int] = set()

    def value(self, node: yaml.Node, steps: Steps) -> object:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self.open:
            raise self._error("this alias contains itself", node)
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self._item(item, (*steps, at)) for at, item in enumerate(node.value)]
            return self._mapping(node, steps)
        finally:
            self.open.remove(id(node))

    def _item(self, node: yaml.Node, steps: Steps) -> object:
        self.lines[steps] = self.first_line + node.start_mark.line
        return self.value(node, steps)

    def _mapping(self, node: yaml.MappingNode, steps: Steps) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error("a key must be a word, not a list or a mapping", key)
            if key.value in found:
                message = f"`{key.value}` stands here twice"
                where = self._where(key)
                raise SpecError("duplicate-key", message, hint="keep one of them", where=where)
            self.lines[*steps, key.value] = self.first_line + key.start_mark.line
            found[key.value] = self.value(value, (*steps, key.value))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text: str = node.value
        try:
            match node.tag.removeprefix(_TAG):
                case "null":
                    return None
                case "bool":
                    return text.lower() == "true"
                case "int":
                    return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
                case "float":
                    return float(text.replace(".inf", "inf").replace(".nan", "nan"))
                case "str" | "!":
                    return text
        except ValueError as error:
            raise self._error(f"`{text}` is no {node.tag.removeprefix(_TAG)}", node) from error
        raise self._error(f"the tag `{node.tag}` is not known", node)

    def _error(self, message: str, node: yaml.Node) -> SpecError:
        return SpecError("yaml", message, where=self._where(node))

    def _where(self, node: yaml.Node) -> Location:
        return Location(self.file, self.first_line + node.start_mark.line)
