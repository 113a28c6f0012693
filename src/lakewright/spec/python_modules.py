"""A module and the project's modules that it imports, as a hash that changes when their code does.

    tables/gold/x.py ──imports, found by syntax──▶ lib/names.py ──▶ … ──▶ digest

Comments, layout and docstrings are left out: they cannot change a row.
"""

import ast
import copy
import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec.yaml_file import read_text


def parse_module(file: Path) -> ast.Module:
    """The syntax tree of a module; SpecError `python` where it does not parse."""
    try:
        return _parsed(read_text(file), str(file))
    except (SyntaxError, ValueError) as error:
        line = (error.lineno if isinstance(error, SyntaxError) else None) or 1
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        message = f"this Python does not parse: {reason}"
        raise SpecError("python", message, where=Location(file, line)) from error


@lru_cache(maxsize=1024)
def _parsed(text: str, file: str) -> ast.Module:
    return ast.parse(text, file)


def digest(file: Path, folder: Path) -> str:
    """What a module and the project's modules that it imports do, as a hash."""
    root = folder.resolve()
    reached: dict[Path, str] = {}
    waiting = [file.resolve()]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            tree = parse_module(module)
            reached[module] = _code(tree)
            waiting += _imported(tree, module, root)
    others = sorted((str(one.relative_to(root)), code) for one, code in reached.items())
    text = "\n".join(f"# {name}\n{code}" for name, code in others)
    return hashlib.sha256(text.encode()).hexdigest()


def _code(tree: ast.Module) -> str:
    return ast.unparse(_Undocumented().visit(copy.deepcopy(tree)))


class _Undocumented(ast.NodeTransformer):
    """Takes docstrings out: the method is called for each statement that is an expression."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else node


def _imported(tree: ast.Module, module: Path, root: Path) -> Iterator[Path]:
    """The project's files that a module may import, at its top or inside its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            bases = [root, module.parent]
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            names = [start, *(f"{start}.{alias.name}".strip(".") for alias in node.names)]
            bases = [module.parents[node.level - 1]] if node.level else [root, module.parent]
        else:
            continue
        for base in bases:
            for name in filter(None, names):
                yield from _files(base, name.split("."), root)


def _files(base: Path, parts: Sequence[str], root: Path) -> Iterator[Path]:
    """The module `a.b` under a folder: `a/__init__.py`, then `a/b.py` or `a/b/__init__.py`."""
    for length in range(1, len(parts) + 1):
        place = base.joinpath(*parts[:length])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_relative_to(root) and file.is_file():
                yield file
