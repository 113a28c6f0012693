"""A path that every part can work with, whatever the lake's folder is called.

    /home/José/my lake ──plain──▶ /tmp/lakewright-…/lake, a link to it while the process lives

The engine takes some letters of a path for patterns, writes others where it does not look for them
(a space, an é), and Delta decodes `%20`. Delta's logs hold relative paths: no link is ever stored.
"""

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from lakewright.errors import LakeError

_PLAIN = re.compile(r"[A-Za-z0-9._/+=@,~-]+")
_IMPOSSIBLE = re.compile(r"[\[\]%\\\x00-\x1f\x7f]")


@cache
def plain(root: Path) -> Path:
    """The folder itself where its path is plain, else a link to it; LakeError `lake-path`."""
    path = str(root.absolute())
    if _PLAIN.fullmatch(path):
        return root
    above = tempfile.gettempdir()
    if _IMPOSSIBLE.search(path) or not _PLAIN.fullmatch(above):
        raise LakeError(
            "lake-path",
            f"the lake {path} cannot be worked with: Delta misreads a character of its path",
            hint="set `lake` in lakewright.yaml to a path of letters, digits, `-` and `_`",
        )
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="lakewright-", dir=above))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    link = folder / "lake"
    link.symlink_to(path, target_is_directory=True)
    return link
