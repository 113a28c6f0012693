"""Errors as a person reads them."""

from pathlib import Path

import click
import pytest

from lakewright.cli.failure import apology, explained
from lakewright.errors import LakewrightError, Location, SourceError, SpecError, SpecErrors


def shown(error: LakewrightError) -> str:
    return click.unstyle("\n".join(explained(error, lambda text: text.replace("hunter2", "***"))))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_error_shows_its_place_its_line_and_the_way_out(here: Path) -> None:
    file = here / "tables" / "orders.sql"
    file.parent.mkdir()
    file.write_text("select\n\temial\nfrom orders\n", encoding="utf-8")
    error = SpecError(
        "unknown-column",
        "`emial` is not a column of `orders`",
        hint="did you mean `email`?",
        where=Location(file, 2),
    )
    assert shown(error) == (
        "error: `emial` is not a column of `orders` [unknown-column]\n"
        "  --> tables/orders.sql:2\n"
        "    2 │     emial\n"
        "  hint: did you mean `email`?"
    )


def test_paths_in_messages_are_seen_from_here(here: Path) -> None:
    error = LakewrightError("lake-full", f"no space is left in the lake {here / 'lake'}")
    assert shown(error) == "error: no space is left in the lake lake [lake-full]"


def test_secrets_are_masked_wherever_they_stand(here: Path) -> None:
    file = here / "shop.yaml"
    file.write_text("host: hunter2.example\n", encoding="utf-8")
    error = SourceError(
        "refused", "hunter2 was refused", hint="not hunter2?", where=Location(file, 1)
    )
    assert shown(error) == (
        "error: *** was refused [refused]\n"
        "  --> shop.yaml:1\n"
        "    1 │ host: ***.example\n"
        "  hint: not ***?"
    )


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("uri: postgresql://shop:swordfish@db/shop", "uri: …"),
        ("password: swordfish", "password: …"),
        ("uri: host=db password=swordfish", "uri: …"),
        ("pass: swordfish", "pass: …"),
        ("DB_PASS_1: swordfish", "DB_PASS_1: …"),
        ("passengers: {path: x.csv}", "passengers: {path: x.csv}"),
        ("object: public.orders", "object: public.orders"),
    ],
)
def test_a_line_that_may_hold_a_password_is_not_quoted_whole(
    here: Path, line: str, quoted: str
) -> None:
    file = here / "shop.yaml"
    file.write_text(line, encoding="utf-8")
    assert shown(SpecError("x", "wrong", where=Location(file, 1))).splitlines()[-1] == (
        f"    1 │ {quoted}"
    )


def test_a_place_that_is_an_option_has_no_line() -> None:
    error = SpecError.unknown("table", "ordres", ["orders"], Location(Path("--select")))
    assert shown(error) == (
        "error: table `ordres` is not declared [unknown-table]\n"
        "  --> --select\n"
        "  hint: did you mean `orders`?"
    )


def test_all_problems_are_told_and_counted() -> None:
    problems = [SpecError("a", "first"), SpecError("b", "second")]
    assert shown(SpecErrors(problems)) == (
        "error: first [a]\n\nerror: second [b]\n\n"
        "2 problems in this project; nothing was read or written"
    )


def test_what_the_terminal_would_act_on_is_not_quoted(here: Path) -> None:
    file = here / "orders.sql"
    file.write_text("select '\x1b[31m' as red\n", encoding="utf-8")
    error = SpecError("x", "wrong", where=Location(file, 1))
    assert shown(error).splitlines()[-1] == "    1 │ select '?[31m' as red"


def test_an_unforeseen_error_is_ours() -> None:
    said = "\n".join(apology(ZeroDivisionError("division by zero"), str, debug=False))
    assert click.unstyle(said) == (
        "error: something in Lakewright broke: ZeroDivisionError: division by zero\n"
        "  hint: this is ours to mend, not yours; please report it with the output of --debug"
    )
