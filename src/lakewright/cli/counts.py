"""What became of a step's rows, in words."""

from lakewright.observe.counts import Counts

TERMS = (
    ("written", "written"),
    ("inserted", "inserted"),
    ("updated", "updated"),
    ("deleted", "deleted"),
    ("quarantined", "refused"),
    ("set_aside", "set aside"),
    ("duplicates", "duplicate"),
    ("superseded", "superseded"),
    ("unchanged", "unchanged"),
)
"""The terms of a count by the weight they have for a reader, each with its word."""


def in_words(counts: Counts) -> str:
    """The terms that are not zero: "1,180 written, 8 refused, 12 duplicates"."""
    said = counts.as_dict()
    parts = [f"{said[term]:,} {_word(word, said[term])}" for term, word in TERMS if term in said]
    return ", ".join(parts) or ("no rows" if not counts.rows else "no change")


def _word(word: str, count: int) -> str:
    return f"{word}s" if word == "duplicate" and count != 1 else word
