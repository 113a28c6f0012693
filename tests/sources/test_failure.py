"""Errors on their way through the engine, and secrets that must not be seen on the way."""

from pathlib import Path

import pytest

from lakewright.errors import Location, SourceError
from lakewright.sources.failure import CarriedError, masked, source_error
from lakewright.spec.values import Stream

STREAM = Stream(source="shop", name="orders", where=Location(Path("sources/shop.yaml"), 7))


def test_an_error_of_ours_is_the_same_after_the_engine_has_quoted_it() -> None:
    error = SourceError("source-file-empty", 'a "b"\nis {empty}', hint="write it", retryable=True)
    quoted = RuntimeError(f"Python error: CarriedError: {CarriedError(error)}\nTraceback:\n  …")
    found = source_error(quoted, STREAM)
    assert found is not None
    assert str(found) == (
        'sources/shop.yaml:7: source `shop`, stream `orders`: a "b"\nis {empty} [source-file-empty]'
        "\n    write it"
    )
    assert found.retryable


def test_a_long_message_is_cut_before_it_travels() -> None:
    carried = str(CarriedError(SourceError("source-failed", "x" * 100_000)))
    assert len(carried) < 2000
    found = source_error(RuntimeError(carried), STREAM)
    assert found is not None
    assert found.code == "source-failed"


def test_a_message_that_the_engine_cut_is_still_ours() -> None:
    carried = str(CarriedError(SourceError("source-failed", "half of this is lost")))
    found = source_error(RuntimeError(carried[:80]), STREAM)
    assert found is not None
    assert (found.code, found.where) == ("source-failed", STREAM.where)


@pytest.mark.parametrize("error", [RuntimeError("division by zero"), KeyError("x")])
def test_other_errors_are_not_ours(error: Exception) -> None:
    assert source_error(error, STREAM) is None


def test_secrets_are_masked_longest_first() -> None:
    assert masked("s3cret and s3cret/more", ["s3cret", "s3cret/more", ""]) == "*** and ***"
