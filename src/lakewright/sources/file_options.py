"""What a stream says of its files, and the files it means."""

from pathlib import Path, PurePosixPath

from lakewright.errors import SourceError
from lakewright.sources.tasks import CsvLayout, FileRef, Format
from lakewright.spec.values import Stream, Value

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


class FileOptions(Value):
    """The options of a stream of files; `path` is a glob below the source's folder."""

    path: str
    format: Format
    delimiter: str = ","
    header: bool = True
    encoding: str = "utf-8"

    @property
    def layout(self) -> CsvLayout:
        """How the text of CSV files is to be taken apart."""
        return CsvLayout(delimiter=self.delimiter, header=self.header, encoding=self.encoding)


def file_options(stream: Stream) -> FileOptions:
    """The stream's options; without `format` it is what the end of `path` says."""
    options = dict(stream.options)
    suffix = PurePosixPath(str(options.get("path"))).suffix.lower()
    options.setdefault("format", _FORMATS.get(suffix, suffix))
    return FileOptions.model_validate(options)


def listed(folder: Path, options: FileOptions) -> list[FileRef]:
    """The files that the glob finds, by name. What begins with a dot is a file in the making.

    Raises SourceError `source-file-folder`.
    """
    if not folder.is_dir():
        problem = "is no folder" if folder.exists() else "does not exist"
        raise SourceError(
            "source-file-folder",
            f"{folder} {problem}",
            hint="mend `path` under `connection`, or make the folder",
        )
    if options.path.startswith("/") or ".." in PurePosixPath(options.path).parts:
        raise SourceError(
            "source-file-folder",
            f"`{options.path}` leads out of {folder}",
            hint="give the stream a `path` below its source's `path`",
        )
    try:
        found = [_file(folder, path) for path in folder.glob(options.path)]
    except PermissionError as error:
        raise SourceError(
            "source-refused",
            f"{error.filename or folder} may not be read: {error.strerror}",
            hint="give the user who runs Lakewright the right to read it",
        ) from error
    return sorted(filter(None, found), key=lambda file: file.name)


def _file(folder: Path, path: Path) -> FileRef | None:
    name = path.relative_to(folder)
    if any(part.startswith(".") for part in name.parts) or not path.is_file():
        return None
    state = path.stat()
    return FileRef(
        name=name.as_posix(), path=str(path), size=state.st_size, mtime_ns=state.st_mtime_ns
    )
