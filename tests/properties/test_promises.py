"""The promises of DESIGN §5 on the real engine, against an oracle over lists.

An example is a lake: up to ten keys and some eighty events a batch, with ties, repeats, deletes,
nulls, late rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from deltalake import DeltaTable
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.stories import Batch, Story, batches_for
from tests.properties.worlds import WORLDS

worlds = st.sampled_from(sorted(WORLDS))


@contextmanager
def story_of(name: str) -> Iterator[Story]:
    story = Story.of(WORLDS[name])
    with story.lake:
        yield story


@given(name=worlds, data=st.data())
def test_after_every_batch_a_lake_is_what_a_full_build_would_be(
    name: str, data: st.DataObject
) -> None:
    """Incremental is full, and conservation: the oracle knows nothing but full builds."""
    with story_of(name) as story:
        for batch in data.draw(batches_for(WORLDS[name])):
            story.feed([batch])
            story.demand_conserved(story.lake.run())
            story.demand_truth()


@given(name=worlds, data=st.data())
def test_the_same_again_changes_nothing(name: str, data: st.DataObject) -> None:
    """Idempotence: not the same run, not the same batches of streams with a key, not a full
    refresh.
    """
    batches = data.draw(batches_for(WORLDS[name]))
    with story_of(name) as story:
        story.feed(batches)
        story.lake.run()
        before = story.versions()
        assert story.lake.run().reports == ()
        for stream, rows in batches:
            if stream != "app.raw":
                story.lake.feed(stream, rows[::-1])
        story.demand_conserved(story.lake.run())
        assert story.versions() == before
        story.demand_conserved(story.lake.full_refresh())
        assert story.versions() == before
        story.demand_truth()


@given(name=worlds, data=st.data())
def test_order_does_not_matter(name: str, data: st.DataObject) -> None:
    """Order-proof: batches permuted, split and repeated, with runs between them or not."""
    batches = data.draw(batches_for(WORLDS[name]))
    with story_of(name) as story:
        for stream, rows in batches:
            story.oracle.feed(stream, rows)
        for stream, rows in data.draw(
            st.permutations([part for batch in batches for part in parts(batch, data)])
        ):
            story.lake.feed(stream, rows)
            if data.draw(st.booleans()):
                story.lake.run()
        story.lake.run()
        story.demand_truth()


def parts(batch: Batch, data: st.DataObject) -> list[Batch]:
    """A batch in two pieces, then whole again; without a key a repeat would be another row."""
    stream, rows = batch
    cut = data.draw(st.integers(0, len(rows)))
    pieces = [rows[:cut], rows[cut:]]
    if stream != "app.raw":
        pieces.append(rows[::-1])
    return [(stream, piece) for piece in pieces]


@given(name=worlds, data=st.data())
def test_what_was_missed_is_made_up_for(name: str, data: st.DataObject) -> None:
    """Tables that were not built for some batches, change feeds that were vacuumed, maintenance in
    between.
    """
    with story_of(name) as story:
        names = [table.name for table in story.lake.project.tables]
        for batch in data.draw(batches_for(WORLDS[name])):
            story.feed([batch])
            story.lake.run(
                select=["bronze.*", *data.draw(st.lists(st.sampled_from(names), max_size=2))],
                check=False,
            )
            tended = story.lake.lake.open(data.draw(st.sampled_from(names)))
            if tended is not None:
                tend(tended, data.draw(st.sampled_from(["compact", "vacuum"])))
        story.lake.run()
        story.demand_truth()


def tend(table: DeltaTable, how: str) -> None:
    if how == "compact":
        table.optimize.compact()
    else:
        table.vacuum(0, dry_run=False, enforce_retention_duration=False, full=True)
