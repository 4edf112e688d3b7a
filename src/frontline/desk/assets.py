"""Style, script and icons of the desk: its own files, and those that `tools/desk.py` lays out.

Each is served under an address that holds a digest of it, and may be kept for ever.
"""

from __future__ import annotations

import gzip
import logging
import mimetypes
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from html import escape
from pathlib import Path

import msgspec

import frontline
from frontline.web.shell import STATIC

FOLDER = "FRONTLINE_DESK"
"""Of the environment: the folder that the files of others were laid out in."""
PREFIX = "/desk/assets/"
STAMP = "in-step"
ICONS = "icons.json"
_OWN = STATIC / "desk"
_PACKED = {"br": ".br", "gzip": ".gz"}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    plain: bytes
    packed: dict[str, bytes]

    def encoded(self, accepted: bytes) -> tuple[str, bytes]:
        """The best encoding that the browser takes ("" is none), and the bytes in it."""
        taken = {one.split(";")[0].strip() for one in accepted.decode("latin-1").split(",")}
        for encoding, body in self.packed.items():
            if encoding in taken:
                return encoding, body
        return "", self.plain


class Assets:
    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._version: int | None = -1
        self._by_path: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        self._icons: dict[str, str] = {}

    @property
    def complete(self) -> bool:
        """Whether the files of others are there."""
        self.refresh()
        return self._version is not None

    def refresh(self) -> None:
        """Read the files, unless they are those that were read before."""
        version = self._now()
        if version == self._version:
            return
        if version is None:
            _log.warning("the desk has neither style nor icons: run `make desk`")
        self._version, self._addresses = version, {}
        folders = [_OWN] if version is None or self._folder is None else [_OWN, self._folder]
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.suffix in _TYPES:
                    asset = _read(path)
                    digest = blake2b(asset.plain, digest_size=9).hexdigest()
                    address = f"{PREFIX}{digest}/{path.name}"
                    self._by_path[address] = asset  # Those of before stay within reach.
                    self._addresses[path.name] = address
        self._icons = _icons(self._folder / ICONS) if version is not None and self._folder else {}

    def address(self, name: str) -> str:
        return self._addresses.get(name, f"{PREFIX}-/{name}")

    def at(self, path: str) -> Asset | None:
        return self._by_path.get(path)

    def icon(self, name: str) -> str:
        """The inside of the svg element of one of Tabler's outline icons."""
        return self._icons.get(name, "")

    def _now(self) -> int | None:
        try:
            return (self._folder / STAMP).stat().st_mtime_ns if self._folder else None
        except OSError:
            return None


def place() -> Path | None:
    """The folder named in the environment, or the one that the checkout lays out."""
    if named := os.environ.get(FOLDER):
        return Path(named).absolute()
    checkout = Path(frontline.__file__).parents[2] / "desk"
    return checkout / "dist" if checkout.is_dir() else None


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    packed = {
        encoding: beside.read_bytes()
        for encoding, end in _PACKED.items()
        if (beside := path.with_name(path.name + end)).exists()
    }
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or ""
    return Asset(kind, plain, packed or {"gzip": gzip.compress(plain, mtime=0)})


def _icons(path: Path) -> dict[str, str]:
    nodes = msgspec.json.decode(
        path.read_bytes(), type=dict[str, list[tuple[str, dict[str, str | float]]]]
    )
    return {
        name: "".join(f"<{tag}{_attributes(each)}/>" for tag, each in parts)
        for name, parts in nodes.items()
    }


def _attributes(of: Mapping[str, str | float]) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in of.items())
