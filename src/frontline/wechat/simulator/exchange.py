"""One request and its answer, apart from how they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

ShapeT = TypeVar("ShapeT")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    """Decoded, without query."""
    target: bytes
    """Raw path and query: what the merchant signed."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition(b"?")[2].decode("latin-1")))

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))

    def read(self, shape: type[ShapeT]) -> ShapeT:
        """Raises `msgspec.ValidationError` or `msgspec.DecodeError`."""
        return msgspec.json.decode(self.body or b"{}", type=shape)


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        length = ("content-length", str(len(self.body)))
        return [("content-type", self.content_type), length, *self.headers.items()]


class Dropped(Exception):
    """No answer will come; the connection is cut."""


def told(body: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, msgspec.json.encode(body))
