"""The days of a calendar as rows, for a date dimension: an input that never changes."""

from pyspark.sql import DataFrame, SparkSession

from lakewright.spec.values import Calendar


def days(session: SparkSession, calendar: Calendar) -> DataFrame:
    """One row per day, both ends included.

    Columns: `date_sk` (int, yyyymmdd), `date`, `year`, `quarter`, `month`, `month_name`, `iso_week`
    (ISO 8601), `day_of_week` (1 = Monday … 7 = Sunday), `day_name`, `is_weekend`, `is_month_end`.
    """
    return session.sql(
        """
        with days as (select explode(sequence(to_date(:first), to_date(:last), interval 1 day)) as
        date) select cast(date_format(date, 'yyyyMMdd') as int) as date_sk, date, year(date) as
        year,
               quarter(date) as quarter, month(date) as month, date_format(date, 'MMMM') as
               month_name, weekofyear(date) as iso_week, mod(dayofweek(date) + 5, 7) + 1 as
               day_of_week, date_format(date, 'EEEE') as day_name, dayofweek(date) in (1, 7) as
               is_weekend, date = last_day(date) as is_month_end
        from days
        """,
        args={"first": calendar.first, "last": calendar.last},
    )
