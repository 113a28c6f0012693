"""What a stream of files says of them: which, of what format, and how their text is laid out."""

from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lakewright.errors import SourceError
from lakewright.sources.tasks import CsvLayout, Format
from lakewright.spec.values import Stream

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
