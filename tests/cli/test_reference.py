"""The page about the command line says what the commands say."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_that_of_the_commands() -> None:
    script = runpy.run_path(str(DOCS / "generate_cli.py"))
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert page == script["reference"](), "run: python docs/generate_cli.py"
