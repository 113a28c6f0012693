"""How a command ends: exit codes, and what is said."""

import click
import pytest

from lakewright.cli.ending import Ending
from lakewright.cli.invocation import Invocation
from lakewright.errors import DefectError, LakeError


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        pytest.param(
            LakeError("lake-full", "no space"), 1, "error: no space [lake-full]", id="theirs"
        ),
        pytest.param(DefectError("lost", "a row is gone"), 2, "error: a row is gone", id="ours"),
        pytest.param(
            ZeroDivisionError("by zero"),
            2,
            "error: something in Lakewright broke: ZeroDivisionError: by zero",
            id="unforeseen",
        ),
        pytest.param(click.BadParameter("no such day"), 1, "no such day", id="a wrong option"),
        pytest.param(KeyboardInterrupt(), 130, "stopped", id="Ctrl-C"),
    ],
)
def test_every_error_ends_in_a_code_and_in_words(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, says: str
) -> None:
    with Ending(Invocation()) as ending:
        raise error
    out, err = capsys.readouterr()
    assert (ending.code, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


def test_the_traceback_is_shown_when_asked_for_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Ending(Invocation(debug=True, secrets=("swordfish",))) as ending:
        raise ValueError("swordfish is wrong")
    err = capsys.readouterr().err
    assert ending.code == 2
    assert "Traceback (most recent call last)" in err
    assert "ValueError: *** is wrong" in err
    assert "swordfish" not in err


def test_the_end_of_the_interpreter_is_left_alone() -> None:
    with pytest.raises(SystemExit), Ending(Invocation()):
        raise SystemExit(3)
