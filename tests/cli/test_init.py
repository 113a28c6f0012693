"""What `init` writes, and what it refuses to write over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]


def test_a_project_is_made_and_the_next_commands_are_told(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("init", "shop")
    assert (done.exit_code, done.stdout) == (0, "")
    assert [line.split("  ")[1] for line in done.stderr.splitlines()[2:]] == [
        "cd shop",
        "lakewright run",
        "lakewright quarantine",
    ]
    assert call("--project", "shop", "plan").stdout.splitlines()[-1] == (
        "6 steps: 2 to read, 4 to build; 0 up to date"
    )


def test_a_project_is_made_in_the_current_folder(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    done = call("init")
    assert [line.split("  ")[1] for line in done.stderr.splitlines()[2:]] == [
        "lakewright run",
        "lakewright quarantine",
        "lakewright read daily_revenue",
    ]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_project_is_never_overwritten(call: Call, project: Path) -> None:
    again = call("init", str(project))
    assert again.exit_code == 1
    assert "there is a project in" in again.stderr


def test_a_file_is_never_overwritten(call: Call, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    done = call("init", str(tmp_path))
    assert done.exit_code == 1
    assert "has data already, and nothing is overwritten" in done.stderr
    assert not (tmp_path / "lakewright.yaml").exists()


def test_a_folder_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = call("init", str(tmp_path / "file" / "shop"))
    assert done.exit_code == 1
    assert "the project cannot be written" in done.stderr


def test_the_example_is_copied(call: Call, tmp_path: Path) -> None:
    done = call("init", str(tmp_path / "retail"), "--example", "retail")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "retail" / "lakewright.yaml").is_file()
    assert not list(tmp_path.rglob("__pycache__"))
