"""What stands around every command: help, names, options, exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import Result

from lakewright.cli.main import COMMANDS

Call = Callable[..., Result]

HEAVY = ("pyspark", "pysail", "deltalake", "sqlalchemy", "pydantic", "rich", "sqlglot", "pyarrow")


def loaded_by(*words: str) -> set[str]:
    """The heavy packages that a call of `lakewright` imports."""
    program = dedent(f"""
        import sys
        from lakewright.cli.main import commands
        try:
            commands.main({list(words)!r})
        except SystemExit:
            pass
        print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules))
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("words", [["--help"], [], ["--version"], ["version"]])
def test_help_and_version_load_nothing_heavy(words: list[str]) -> None:
    assert loaded_by(*words) == set()


def test_help_names_every_command_and_the_options_of_all(call: Call) -> None:
    text = call("--help").stdout
    for name, help_ in COMMANDS.items():
        assert f"  {name}" in text
        assert help_ in text
    for option in (
        "--project",
        "--env",
        "--var",
        "--debug",
        "LAKEWRIGHT_PROJECT",
        "LAKEWRIGHT_ENV",
    ):
        assert option in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(call: Call, name: str) -> None:
    done = call(name, "--help")
    assert done.exit_code == 0
    assert f"lakewright {name}" in done.stdout


def test_a_wrong_command_is_told_the_nearest(call: Call) -> None:
    done = call("quaratine")
    assert done.exit_code == 1
    assert "Did you mean 'quarantine'?" in done.stderr
    assert done.stdout == ""


def test_a_wrong_option_is_told_the_nearest(call: Call, project: Path) -> None:
    done = call("run", "--selct", "orders", "--project", str(project))
    assert done.exit_code == 1
    assert "--select" in done.stderr


def test_version_as_json(call: Call) -> None:
    versions = json.loads(call("version", "--output", "json").stdout)
    assert {"lakewright", "python", "pysail", "deltalake"} <= set(versions)


def test_options_of_all_stand_before_and_after_the_command(call: Call, project: Path) -> None:
    before = call("--project", str(project), "quarantine")
    after = call("quarantine", "--project", str(project))
    assert (before.exit_code, after.exit_code) == (0, 0)
    assert before.stdout == after.stdout == "no row is refused\n"


def test_the_environment_names_the_project(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEWRIGHT_PROJECT", str(project))
    assert call("quarantine").exit_code == 0


def test_the_project_is_the_nearest_one_upwards(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "tables" / "gold")
    assert call("quarantine").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ["--project", "/nowhere/at/all"], "there is no folder /nowhere/at/all", id="no folder"
        ),
        pytest.param(["--var", "no-equals"], "`no-equals` must be NAME=VALUE", id="no value"),
        pytest.param(["--env", "prod"], "environment `prod` is not declared", id="no environment"),
    ],
)
def test_a_wrong_option_of_all(call: Call, project: Path, words: list[str], says: str) -> None:
    done = call("--project", str(project), *words, "plan")
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_project_the_way_in_is_told(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("plan")
    assert done.exit_code == 1
    assert "there is no lakewright.yaml" in done.stderr
    assert "lakewright init" in done.stderr


def test_a_value_given_with_var_is_used(call: Call, project: Path) -> None:
    file = project / "lakewright.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("./lake", "./${PLACE}"), encoding="utf-8"
    )
    missing = call("--project", str(project), "status")
    assert missing.exit_code == 1
    assert "PLACE" in missing.stderr
    assert call("--project", str(project), "status", "--var", "PLACE=here").exit_code == 0
    assert (project / "here").is_dir()
