"""The benchmark still runs, at a scale at which it measures nothing of worth."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_the_command_writes_its_page(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_bytes((BENCHMARKS / "README.md").read_bytes())
    words = ["--scale", "0.01", "--only", "steps", "--days", "1", "--page", str(page)]
    subprocess.run([sys.executable, str(BENCHMARKS / "retail.py"), *words], check=True)

    text = page.read_text(encoding="utf-8")
    assert "`python benchmarks/retail.py --scale 0.01 --only steps --days 1`, " in text
    assert "## Scale 0.01: 1,000 orders at first" in text
    (row,) = (line for line in text.splitlines() if line.startswith("| `gold.fact_sales`"))
    _, _, how, *measured, _ = (cell.strip() for cell in row.split("|"))
    assert how == "first"
    assert len(measured) == 6
    assert all(float(one.replace(",", "")) > 0 for one in measured)
