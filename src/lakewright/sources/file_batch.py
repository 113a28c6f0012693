"""Which files are new, what makes them a batch, and how its files are shared out among readers."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from os import cpu_count

from lakewright.sources.file_options import FileOptions
from lakewright.sources.port import Batch, Position
from lakewright.sources.tasks import CsvTask, FilePart, FileRef, JsonTask, ParquetTask, Task
from lakewright.spec.values import Value

SMALLEST_PART = 32 << 20
"""Bytes under which a file is not worth cutting."""


class FileRequest(Value):
    """What a batch of files reads: (name, type) of its columns, and the parts of its files."""

    columns: tuple[tuple[str, str], ...]
    parts: tuple[FilePart, ...]

    @property
    def files(self) -> tuple[FileRef, ...]:
        """The files, each once."""
        return tuple(dict.fromkeys(part.file for part in self.parts))


def new_files(found: Sequence[FileRef], position: Position | None) -> list[FileRef]:
    """The files that were not read as they are now; a file that changed is new again."""
    known = (position or {}).get("files")
    read = known if isinstance(known, Mapping) else {}
    return [file for file in found if list(read.get(file.name, ())) != [file.size, file.mtime_ns]]


def file_batch(request: FileRequest, position: Position | None = None) -> Batch:
    """The batch of these files. Its identity is their paths, sizes and times of change; for people
    it says how many were read before, and changed since `position`.
    """
    files = {file.name: [file.size, file.mtime_ns] for file in request.files}
    named = json.dumps(files, sort_keys=True)
    return Batch(
        identity=f"files {hashlib.sha256(named.encode()).hexdigest()}",
        position={"files": files},
        request=request.model_dump(mode="json"),
        interval=_words(files, position),
    )


def _words(files: Collection[str], position: Position | None) -> str:
    known = (position or {}).get("files")
    changed = len(set(files) & set(known)) if isinstance(known, Mapping) else 0
    if len(files) == 1:
        (name,) = files
        return f"{name}, changed since it was read" if changed else name
    if not changed:
        return f"{len(files)} new files"
    return f"{len(files)} files, {changed} of them changed since they were read"


def tasks(request: FileRequest, options: FileOptions) -> list[Task]:
    """The parts shared out among as many readers as there are processors, about equal in bytes.

    Each reader takes its parts one after the other, so that any number of files takes little
    memory.
    """
    readers = range(cpu_count() or 1)
    shares: list[list[FilePart]] = [[] for _ in readers]
    sizes = [0 for _ in readers]
    for part in sorted(request.parts, key=lambda one: one.start - one.end):
        least = min(readers, key=sizes.__getitem__)
        shares[least].append(part)
        sizes[least] += part.end - part.start
    return [_task(share, options) for share in shares if share]


def _task(parts: Sequence[FilePart], options: FileOptions) -> Task:
    files = tuple(part.file for part in parts)
    match options.format:
        case "csv":
            return CsvTask(files=files, layout=options.layout)
        case "jsonl":
            return JsonTask(parts=tuple(parts), encoding=options.encoding)
        case "parquet":
            return ParquetTask(files=files)
