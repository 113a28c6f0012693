"""What is wrong with a project is said with file, line, reason and way out.

Each case is a file: the files in which it differs from a project that is right, and what is said.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "refusals").glob("*.txt"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.stem) for case in CASES])
def test_a_wrong_declaration_is_refused(
    case: Path, complaints: Callable[[Mapping[str, str]], str]
) -> None:
    _, *parts = re.split(r"^>>> (.+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    said = files.pop("said")
    assert complaints(files) + "\n" == said
