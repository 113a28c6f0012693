"""An error as a person reads it: what is wrong, where, the line itself, and the way out.

error: `emial` is not a column of `customers` [unknown-column]
  --> tables/silver/customers.sql:12
   12 │ select customer_id, lower(emial) as email
  hint: did you mean `email`?
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap

import click

from lakewright.errors import LakewrightError, Location, SpecErrors

Mask = Callable[[str], str]
_HIDDEN = re.compile(
    r"://[^\s/]*@|pass(?!eng|age|port|ed|es|ing|ive)|pwd|secret|token|credential", re.IGNORECASE
)
_VALUE = re.compile(r"([:=]\s*).*")


def explained(error: LakewrightError, masked: Mask) -> Iterator[str]:
    """The lines that tell of an error, secrets `masked`; of several, all, and how many."""
    if not isinstance(error, SpecErrors):
        yield from _one(error, masked)
        return
    for at, problem in enumerate(error.problems):
        yield from [""] if at else []
        yield from _one(problem, masked)
    if len(error.problems) > 1:
        yield ""
        yield f"{error.message}; nothing was read or written"


def misused(error: click.ClickException) -> Iterator[str]:
    """The lines for words that the command does not understand."""
    yield _headed("error", error.format_message(), "")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        yield _hint(f"{context.command_path} --help")


def apology(error: Exception, masked: Mask, *, debug: bool) -> Iterator[str]:
    """The lines for an error that nobody foresaw."""
    text = masked(str(error).strip().partition("\n")[0])
    yield _headed(
        "error",
        f"something in Lakewright broke: {type(error).__name__}{': ' if text else ''}{text}",
        "",
    )
    yield _hint(
        "this is ours to mend, not yours; please report it"
        + ("" if debug else " with the output of --debug")
    )


def _one(error: LakewrightError, masked: Mask) -> Iterator[str]:
    yield _headed("error", masked(error.message), error.code)
    if error.where is not None:
        yield "  " + click.style("--> ", fg="blue") + placed(error.where)
        yield from _quoted(error.where, masked)
    if error.hint:
        yield _hint(masked(error.hint))


def placed(where: Location) -> str:
    """A place in words: a path from the current folder and a line; of an option, its name alone."""
    name = str(where.file)
    if name.startswith("--"):
        return name
    path = relative(name)
    return path if where.file.is_dir() or not where.file.exists() else f"{path}:{where.line}"


def relative(text: str) -> str:
    """A text with every path below the current folder as seen from there."""
    here = str(Path.cwd())
    return text if here == os.sep else text.replace(here + os.sep, "").replace(here, ".")


def _headed(word: str, message: str, code: str) -> str:
    first, *rest = _wrapped(relative(message) + (f" [{code}]" if code else ""), len(word) + 2)
    lines = [click.style(f"{word}: ", fg="red", bold=True) + first, *(f"  {line}" for line in rest)]
    text = "\n".join(lines)
    return text.removesuffix(f"[{code}]") + click.style(f"[{code}]", dim=True) if code else text


def _hint(hint: str) -> str:
    first, *rest = _wrapped(relative(hint), len("  hint: "))
    return "\n".join(
        ["  " + click.style("hint: ", fg="cyan") + first, *(f"        {line}" for line in rest)]
    )


def _wrapped(text: str, indent: int) -> list[str]:
    """Lines that fit the terminal; as they are where there is none."""
    if not sys.stderr.isatty():
        return text.splitlines() or [""]
    width = max(get_terminal_size().columns - indent, 40)
    lines = [
        part
        for line in text.splitlines()
        for part in wrap(line, width, break_on_hyphens=False) or [""]
    ]
    return lines or [""]


def _quoted(where: Location, masked: Mask) -> Iterator[str]:
    """The line itself, without what may be a password: it need not stand in a log."""
    try:
        lines = where.file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    if not 0 < where.line <= len(lines) or not lines[where.line - 1].strip():
        return
    line = masked(lines[where.line - 1].replace("\t", "    ").rstrip())
    if _HIDDEN.search(line):
        line = _VALUE.sub(r"\1…", line, count=1)
    width = get_terminal_size().columns - 12 if sys.stderr.isatty() else 200
    shown = line if len(line) <= width else line[:width] + "…"
    yield click.style(f"{where.line:>5} │ ", fg="blue") + "".join(
        one if one.isprintable() else "?" for one in shown
    )
