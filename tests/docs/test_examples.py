"""What the pages show is true: every file loads, every refusal and every command says so.

A fenced example tells in its first line what it is: `yaml sources/erp.yaml` is that file of the
project which `lakewright init` makes, the page's earlier files included. With `refused` it is a
file with a mistake, and the `text` after it is what is said of it. `console` is run in the guide
of the first project, and the tests in the guide to testing are. `text` is not looked at.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lakewright.cli.init import TEMPLATE
from lakewright.errors import SpecErrors
from lakewright.spec.load import load

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.name not in ("cli.md", "errors.md"))
FILES = ("yaml", "sql", "python")
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
VARYING = re.compile(
    r"\b\d+\.\d( s)?$|\b\d+\.\d s\b|\b[0-9a-f]{8}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
)
"""What differs from run to run: how long it took, ids of runs, the clock."""


@dataclass(frozen=True)
class Example:
    """A fenced part of a page: its language, the words after that, its text, and the next part."""

    language: str
    words: tuple[str, ...]
    text: str
    following: str


def examples_of(page: Path) -> list[Example]:
    found = list(FENCE.finditer(page.read_text(encoding="utf-8")))
    after = [*(one["text"] for one in found), ""][1:]
    infos = [one["info"].split() or [""] for one in found]
    return [
        Example(language, tuple(words), one["text"], following)
        for one, (language, *words), following in zip(found, infos, after, strict=True)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_files_of_a_page_load(page: Path, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    shutil.copytree(TEMPLATE, project)
    for example in examples_of(page):
        assert example.language in (*FILES, "text", "console", "json", "csv"), example
        if example.language not in FILES:
            continue
        assert example.words, f"which file is this?\n{example.text}"
        if "refused" in example.words:
            assert complaints(project, example, tmp_path) == example.following
        else:
            write(project, example)
            load(project, environ={})


def complaints(project: Path, example: Example, folder: Path) -> str:
    """What is said of a project with this file in it."""
    mistaken = folder / "mistaken"
    shutil.copytree(project, mistaken)
    write(mistaken, example)
    with pytest.raises(SpecErrors) as caught:
        load(mistaken, environ={})
    shutil.rmtree(mistaken)
    return str(caught.value).replace(f"{mistaken}/", "") + "\n"


def write(project: Path, example: Example) -> None:
    file = project / example.words[0]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(example.text, encoding="utf-8")


@pytest.mark.parametrize(
    "page", [*DOCS.rglob("*.md"), DOCS.parent / "ARCHITECTURE.md"], ids=lambda page: page.stem
)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_guide_of_the_first_project_shows_what_its_commands_print(tmp_path: Path) -> None:
    folder = tmp_path
    for command, expected in commands_of(DOCS / "guides" / "first-project.md"):
        program, *arguments = shlex.split(command)
        if program == "cd":
            folder /= arguments[0]
            continue
        if program == "lakewright":
            program, arguments = sys.executable, ["-m", "lakewright.cli.main", *arguments]
        ended = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env={**os.environ, "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert steady(ended.stdout) == steady(expected), command


def test_the_tests_of_the_guide_pass(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    shutil.copytree(TEMPLATE, project)
    for example in examples_of(DOCS / "guides" / "testing.md"):
        if example.language in FILES:
            write(project, example)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    ended = subprocess.run(words, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def commands_of(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of a page's consoles, and what it prints."""
    for example in examples_of(page):
        if example.language == "console":
            for part in re.split(r"^\$ ", example.text, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield command, output


def steady(output: str) -> list[str]:
    """The lines of an output, whatever their order and spacing, without what varies."""
    lines = (" ".join(line.split()) for line in output.splitlines())
    return sorted(VARYING.sub("…", line) for line in lines if line)
