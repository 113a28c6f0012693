"""The days of a calendar."""

from datetime import date, timedelta

from pyspark.sql import SparkSession

from lakewright.shape.calendar import days
from lakewright.spec.values import Calendar


def test_every_day_is_described(spark: SparkSession) -> None:
    """Over a leap year, from a week that belongs to the year before to one that belongs to the year
    after.
    """
    first, last = date(2023, 12, 31), date(2025, 1, 1)
    found = sorted(
        days(spark, Calendar(first=str(first), last=str(last))).toArrow().to_pylist(),
        key=lambda one: one["date"],
    )
    wanted = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert found == [
        {
            "date_sk": int(f"{one:%Y%m%d}"),
            "date": one,
            "year": one.year,
            "quarter": (one.month + 2) // 3,
            "month": one.month,
            "month_name": f"{one:%B}",
            "iso_week": one.isocalendar().week,
            "day_of_week": one.isoweekday(),
            "day_name": f"{one:%A}",
            "is_weekend": one.isoweekday() > 5,
            "is_month_end": (one + timedelta(days=1)).day == 1,
        }
        for one in wanted
    ]
