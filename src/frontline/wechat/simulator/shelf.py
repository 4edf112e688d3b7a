"""Where the books outlive the process: one SQLite table, one row per entry.

Every change is written at once, so that killing the simulator loses nothing; nothing is synced
to the disk, so that a power cut may. It rehearses payments, it does not keep money.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TypeVar

import msgspec

EntryT = TypeVar("EntryT", bound=msgspec.Struct)


class Shelf:
    """`path` None keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.touch(mode=0o600)
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS entry (kind TEXT, key TEXT, value BLOB NOT NULL,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self._keeps = path is not None
        self._encode = msgspec.json.Encoder().encode

    def put(self, key: str, entry: msgspec.Struct) -> None:
        if self._keeps:
            self._database.execute(
                "INSERT INTO entry VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                (type(entry).__name__, key, self._encode(entry)),
            )

    def all(self, kind: type[EntryT]) -> dict[str, EntryT]:
        rows = self._database.execute(
            "SELECT key, value FROM entry WHERE kind = ?", (kind.__name__,)
        )
        decode = msgspec.json.Decoder(kind).decode
        return {key: decode(value) for key, value in rows}

    def close(self) -> None:
        self._database.close()
