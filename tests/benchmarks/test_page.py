"""What is measured stands between two marks of a page, whose other text is kept."""

from pathlib import Path

import pytest

import page
from figures import Figures, Run, Step

RUNS = (Run("first load", 12.5, 25_000, 1.234), Run("nothing new, median of 3", 0.987, 0, 0.1))
STEPS = (
    Step("bronze.orders", "ingest", "batch", 1_000, 2.0, 0.5, 0.5),
    Step("bronze.returns", "ingest", "batch", 0, 0.25, 0.5, None),
    Step("silver.orders", "build", "first", 3_000, 1.0, 0.75, 0.5),
)

MEASURED = """\
## Scale 10: 1,000,000 orders at first

| run | seconds | rows of the steps | rows/s | peak memory, GB |
| --- | --: | --: | --: | --: |
| first load | 12.50 | 25,000 | 2,000 | 1.23 |
| nothing new, median of 3 | 0.99 |  |  | 0.10 |

### The first load, step by step

| step | how | rows | seconds | rows/s | peak memory, GB | engine alone, seconds | ratio |
| --- | --- | --: | --: | --: | --: | --: | --: |
| `bronze.orders` | batch | 1,000 | 2.00 | 500 | 0.50 | 0.50 | 4.0 |
| `bronze.returns` | batch | 0 | 0.25 |  | 0.50 |  |  |
| `silver.orders` | first | 3,000 | 1.00 | 3,000 | 0.75 | 0.50 | 2.0 |
| **ingests** | 2 steps | 1,000 | 2.25 | 444 | 0.50 | 0.50 | 4.5 |
| **builds** | 1 steps | 3,000 | 1.00 | 3,000 | 0.75 | 0.50 | 2.0 |
| **all** | 3 steps | 4,000 | 3.25 | 1,231 | 0.75 | 1.00 | 3.2 |

"""


def test_a_result_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Before\n\n{page.BEGIN}\nold\n{page.END}\n\nAfter.\n", encoding="utf-8")
    figures = Figures(10.0, RUNS, {"first load": STEPS})
    for _ in range(2):
        page.write(readme, ["The machine.", ""], [figures])
        assert readme.read_text(encoding="utf-8") == (
            f"# Before\n\n{page.BEGIN}\n\nThe machine.\n\n{MEASURED}{page.END}\n\nAfter.\n"
        )


def test_a_page_without_marks_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{page.END} and then {page.BEGIN}", encoding="utf-8")
    with pytest.raises(SystemExit, match="has no lines"):
        page.demand_marks(readme)
