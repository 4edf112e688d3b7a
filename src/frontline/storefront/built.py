"""A built storefront: a folder, read once whole, and how far the building of the next one is."""

from __future__ import annotations

import mimetypes
import os
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec

import frontline

FOLDER = "FRONTLINE_STOREFRONT"
"""Of the environment: the folder of a storefront that was built elsewhere."""
INDEX = "index.html"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_CHUNK = re.compile(r"assets/(.+)\.[\w-]{8}\.js")
_NEEDS = re.compile(r'import\("\./([\w.-]+\.js)"\),__vite__mapDeps\(\[([\d,]*)\]\)')
_NAMES = re.compile(r"__vite__mapDeps=.*?=\[([^\]]*)\]", re.DOTALL)
_TABLE_CHARACTERS_MAX = 20_000
"""The table of parts stands at the beginning of the first script."""

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class File:
    plain: bytes
    packed: dict[str, bytes]
    """By content encoding, the best one first."""
    media_type: str
    digest: str

    def encoded(self, accepted: str) -> tuple[str, bytes]:
        """The best encoding that the browser takes ("" is none), and the bytes in it."""
        taken = {each.split(";")[0].strip() for each in accepted.split(",") if ";q=0" not in each}
        for encoding, body in self.packed.items():
            if encoding in taken:
                return encoding, body
        return "", self.plain


@dataclass(frozen=True, slots=True)
class Built:
    version: Version
    files: dict[str, File]
    own: frozenset[str]
    """Names of this build's files; the others are of the one before."""
    ahead: dict[str, tuple[str, ...]]

    def wanted_by(self, page: str) -> tuple[str, ...]:
        """`Link` headers for what the page's path will ask for, to be fetched ahead."""
        return self.ahead.get(page.replace("/", "-") or "pages-home-home", ())


class Progress(msgspec.Struct, frozen=True):
    pid: int
    en: str
    zh: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a build is to be found."""

    folder: Path | None
    told: Path | None
    """Where the building tells how far it is."""

    def version(self) -> Version | None:
        """Which build stands there; None: none does."""
        try:
            found = (self.folder / INDEX).stat() if self.folder else None
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns) if found else None

    def load(self, version: Version, before: Built | None) -> Built:
        assert self.folder is not None
        names = {
            path.relative_to(self.folder).as_posix(): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.suffix not in _ENCODINGS.values()
        }
        files = {name: _file(path) for name, path in names.items()}
        # A phone that opened a page of the build before may still ask for its parts.
        late = {name: before.files[name] for name in before.own} if before else {}
        return Built(version, late | files, frozenset(files), _ahead(files))

    def progress(self) -> Progress | None:
        """What goes on; None: nothing does."""
        try:
            raw = self.told.read_bytes() if self.told else b""
            found = msgspec.json.decode(raw, type=Progress)
        except (OSError, msgspec.DecodeError):
            return None
        return found if found.failed or _lives(found.pid) else None


def place() -> Place:
    """The folder named in the environment, or the one that the checkout builds into."""
    if named := os.environ.get(FOLDER):
        return Place(Path(named).absolute(), None)
    checkout = Path(frontline.__file__).parents[2] / "storefront"
    if not checkout.is_dir():
        return Place(None, None)
    return Place(checkout / "dist" / "build" / "h5", checkout / "dist" / "progress.json")


def _file(path: Path) -> File:
    plain = path.read_bytes()
    packed = {
        encoding: beside.read_bytes()
        for encoding, end in _ENCODINGS.items()
        if (beside := path.with_name(path.name + end)).exists()
    }
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(plain, packed, kind, blake2b(plain, digest_size=12).hexdigest())


def _ahead(files: dict[str, File]) -> dict[str, tuple[str, ...]]:
    """By a page's path with dashes: its script, with the scripts and styles that this one needs.

    Without it a browser learns of them only when the first script has arrived and run.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, file in files.items():
        if not name.endswith(".js"):
            continue
        text = file.plain.decode(errors="replace")
        table = _NAMES.search(text[:_TABLE_CHARACTERS_MAX])
        parts = re.findall(r'"([^"]+)"', table[1]) if table else []
        for chunk, numbers in _NEEDS.findall(text):
            page = _CHUNK.fullmatch(f"assets/{chunk}")
            if page is None:
                continue
            needed = [parts[int(each)] for each in numbers.split(",") if each]
            whole = dict.fromkeys([f"assets/{chunk}", *needed])
            found[page[1]] = tuple(_link(each) for each in whole if each in files)
    return found


def _link(name: str) -> str:
    if name.endswith(".css"):
        return f"</m/{name}>; rel=preload; as=style; crossorigin"
    return f"</m/{name}>; rel=modulepreload; crossorigin"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It is somebody else's, and alive.
    return True
