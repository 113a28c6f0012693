"""`tables/<layer>/<name>.py`: functions under `@table`, read from the syntax tree.

    file ──ast──▶ decorator's literals ──▶ header (Document) ─┐
                  function's parameters = names of the reads  ├▶ Draft
                  module and the project's modules it imports ┘

Nothing is imported: a module runs only when its step does.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec import python
from lakewright.spec.document import Document, Steps
from lakewright.spec.names import Name
from lakewright.spec.problems import Problems, validated
from lakewright.spec.python_modules import digest, parse_module
from lakewright.spec.table_file import Draft, TableHeader
from lakewright.spec.values import PythonQuery, Value

Function = ast.FunctionDef | ast.AsyncFunctionDef

_READS: dict[str, Callable[..., python.Header]] = {
    "by": python.by,
    "new": python.new,
    "calendar": python.calendar,
}
_NOT_REPEATABLE = frozenset(
    """
    curdate current_catalog current_database current_date current_schema current_timestamp
    current_timezone current_user input_file_name localtimestamp monotonically_increasing_id now
    rand randn random randint randstr shuffle spark_partition_id time_ns today urandom utcnow uuid
    uuid1 uuid4
    """.split()  # noqa: SIM905 - names in a paragraph read better than in a column
)


def read_python_file(file: Path, folder: Path) -> list[Draft]:
    """The tables that a module's functions declare; SpecErrors with all that is wrong in it."""
    tree = parse_module(file)
    problems = Problems()
    drafts = []
    for function in tree.body:
        if isinstance(function, Function):
            for decorator in filter(_is_table, function.decorator_list):
                with problems.caught():
                    drafts.append(_draft(function, decorator, file, folder))
    if not drafts and not problems.found:
        message = "no function here stands under `@table`"
        hint = "a module that others import, and no table, has a name that begins with `_`"
        problems.add(SpecError("no-table", message, hint=hint, where=Location(file)))
    problems.add(*_not_repeatable(tree, file))
    problems.end()
    return drafts


def _called(node: ast.expr) -> str:
    """The last name of what is called: `table` for `table(…)` and for `lakewright.table(…)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_table(node: ast.expr) -> bool:
    return _called(node.func if isinstance(node, ast.Call) else node) == "table"


class _Named(Value):
    name: Name


def _draft(function: Function, decorator: ast.expr, file: Path, folder: Path) -> Draft:
    where = Location(file, decorator.lineno)
    if not isinstance(decorator, ast.Call):
        message = f"`@table` over `{function.name}` does not say which table"
        hint = 'write `@table("silver.orders", key=…, reads={…})`'
        raise SpecError("decorator", message, hint=hint, where=where)
    reader = _Literals(file)
    data = reader.arguments(python.table, decorator, ())
    header = Document(file, data, {**reader.lines, (): decorator.lineno})
    name = data.pop("name", None)
    problems = Problems()
    problems.add(*reader.problems.found)
    if not reader.problems.found:
        layer, _, short = str(name).partition(".")
        if layer != file.parent.name:
            message = f"`{name}` is declared in tables/{file.parent.name}/"
            hint = (
                "a table `layer.name` stands in tables/layer/: write "
                f"`{file.parent.name}.{short or name}`"
            )
            problems.add(SpecError("table-place", message, hint=hint, where=header.where("name")))
        else:
            with problems.caught():
                validated(_Named, Document(file, {"name": short}, {(): header.where("name").line}))
        with problems.caught():
            shape = validated(TableHeader, header)
            problems.add(*_parameters(function, shape, header))
    problems.end()
    return Draft(
        name=str(name),
        header=shape,
        document=header,
        query=PythonQuery(
            module=file.resolve(), function=function.name, where=Location(file, function.lineno)
        ),
        digest=f"{function.name}\n{digest(file, folder)}",
        where=where,
    )


def _parameters(function: Function, header: TableHeader, document: Document) -> Iterator[SpecError]:
    arguments = function.args
    where = Location(document.file, function.lineno)
    given = [one.arg for one in (*arguments.args, *arguments.kwonlyargs)]
    if (
        isinstance(function, ast.AsyncFunctionDef)
        or arguments.vararg
        or arguments.kwarg
        or arguments.posonlyargs
    ):
        message = f"`{function.name}` must be a plain function with a named parameter for each read"
        hint = f"write `def {function.name}({', '.join(header.reads)})`"
        yield SpecError("parameters", message, hint=hint, where=where)
        return
    for name in given:
        if name not in header.reads:
            yield SpecError.unknown("read", name, header.reads, where)
    for name in header.reads:
        if name not in given:
            message = f"`{function.name}` has no parameter for the read `{name}`"
            hint = f"write `def {function.name}({', '.join(header.reads)})`, or leave the read out"
            yield SpecError("unused-read", message, hint=hint, where=document.where("reads", name))


class _Literals:
    """Arguments → plain data, noting lines; the walk needs the file, and collects what is wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[Steps, int] = {}
        self.problems = Problems()

    def arguments(
        self, signature: Callable[..., object], call: ast.Call, steps: Steps
    ) -> dict[str, object]:
        """The arguments of a call by the names of `signature`."""
        nodes = {one.arg: one.value for one in call.keywords if one.arg is not None}
        try:
            starred = [one for one in call.args if isinstance(one, ast.Starred)]
            if starred or len(nodes) < len(call.keywords):
                self._not_literal(call)
            bound = inspect.signature(signature).bind(*call.args, **nodes)
        except TypeError as error:
            name = _called(call.func)
            where = Location(self.file, call.lineno)
            known = list(inspect.signature(signature).parameters)
            wrong = [one for one in call.keywords if one.arg is not None and one.arg not in known]
            if wrong:
                where = Location(self.file, wrong[0].value.lineno)
                self.problems.add(SpecError.unknown("key", str(wrong[0].arg), known, where))
            else:
                message = f"`{name}(…)`: {error}"
                self.problems.add(SpecError("decorator", message, where=where))
            return {}
        found = {}
        for name, node in bound.arguments.items():
            self.lines[*steps, name] = node.lineno
            found[name] = self.value(node, (*steps, name))
        return found

    def value(self, node: ast.expr, steps: Steps) -> object:
        """A literal, or a call of `by`, `new` or `calendar` as the mapping that it makes."""
        match node:
            case ast.Dict(keys=keys, values=values):
                return self._mapping(keys, values, steps)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._entry(item, (*steps, at)) for at, item in enumerate(items)]
            case ast.Call(func=function) if _called(function) in _READS:
                signature = _READS[_called(function)]
                arguments = self.arguments(signature, node, steps)
                return dict(signature(**arguments)) if arguments else {}
            case ast.Constant(value=value):
                return value
        self._not_literal(node)
        return None

    def _mapping(
        self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], steps: Steps
    ) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in zip(keys, values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = self._entry(value, (*steps, key.value))
            elif key is None:
                self._not_literal(value, "**")
            else:
                self._not_literal(key)
        return found

    def _entry(self, node: ast.expr, steps: Steps) -> object:
        self.lines[steps] = node.lineno
        return self.value(node, steps)

    def _not_literal(self, node: ast.expr, before: str = "") -> None:
        message = (
            f"`{before}{ast.unparse(node)}` is not a literal, and this module is not run to "
            "find its value"
        )
        hint = "write the text, number, list or mapping itself"
        where = Location(self.file, node.lineno)
        self.problems.add(SpecError("not-literal", message, hint=hint, where=where))


def _not_repeatable(tree: ast.Module, file: Path) -> Iterator[SpecError]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        module = _called(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if name in _NOT_REPEATABLE or (module == "time" and name in ("time", "monotonic")):
            message = (
                f"`{ast.unparse(node.func)}` gives another result each time, so the table "
                "could not be rebuilt"
            )
            hint = (
                "take times and ids from the data: a column of the input that says when it happened"
            )
            yield SpecError("not-repeatable", message, hint=hint, where=Location(file, node.lineno))
