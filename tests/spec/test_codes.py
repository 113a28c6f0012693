"""Every error code is explained on a page, and every refusal of a declaration has a case."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lakewright"
PAGE = ROOT / "docs" / "reference" / "errors.md"
CLASSES = (
    "SpecError",
    "DataError",
    "AuthorError",
    "SourceError",
    "LakeError",
    "LedgerError",
    "LakewrightError",
    "DefectError",
)
IN_A_QUERY = re.compile(r"(lookup-[a-z]+): ")
SHOWN_ELSEWHERE = {
    "no-project",  # test_load.py
    "unreadable",  # test_yaml_file.py
    "rules-without-columns",  # declared in code, not in files
}


def codes_in(folder: Path) -> set[tuple[str, str]]:
    """The codes raised in the modules of a folder, each with the class of its error."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("*.py"))
    return {one for tree in trees for node in ast.walk(tree) for one in codes_of(node)}


def codes_of(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name),
            args=[ast.Constant(value=str(code)), *_],
        ) if name in CLASSES:
            yield name, code
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="unknown"),
            args=[ast.Constant(value=str(kind)), *_],
        ):
            yield name, f"unknown-{kind.replace(' ', '-')}"
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])],
            value=ast.Tuple(elts=[ast.Constant(value=str(code)), *_]),
        ):
            yield "SourceError", code  # a connector tells the code from what its source says
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if told := IN_A_QUERY.match(
            text
        ):
            yield "DataError", told[1]  # raised in the engine, and known by its text


def test_the_page_lists_every_code_under_its_class() -> None:
    listed = set()
    name = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("`"):
            name = line.strip("`")
        elif line.startswith("| `"):
            listed.add((name, line.split("`")[1]))
    assert listed == codes_in(SOURCE)


def test_every_refusal_of_a_declaration_is_shown() -> None:
    cases = (Path(__file__).parent / "refusals").glob("*.txt")
    said = "\n".join(file.read_text(encoding="utf-8").partition(">>> said")[2] for file in cases)
    shown = set(re.findall(r" \[([a-z-]+)\]$", said, re.MULTILINE))
    assert shown | SHOWN_ELSEWHERE == {code for _, code in codes_in(SOURCE / "spec")}
