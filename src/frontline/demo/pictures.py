"""The demo's pictures: drawn by `tools/demo_pictures.py`, kept beside this file, served for ever.

A name holds a digest of the content: `butter-cookie-1.1a2b3c4d.webp`, and 400 pixels wide
`butter-cookie-1.1a2b3c4d-400.webp`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

FOLDER = Path(__file__).with_name("pictures")
SMALL = "-400"
YEAR_S = 31_536_000


@cache
def names() -> dict[str, str]:
    """Stems of the files by what they show: {"logo": "logo.1a2b3c4d"}."""
    stems = (path.stem for path in sorted(FOLDER.glob("*.webp")))
    return {stem.partition(".")[0]: stem for stem in stems if not stem.endswith(SMALL)}


def src_of(name: str) -> str:
    """The path under which it is served."""
    return f"/demo/{names()[name]}.webp"


def srcs(handle: str) -> tuple[str, ...]:
    """All of a product, the one for its card first."""
    return tuple(
        src_of(f"{handle}-{place}") for place in (1, 2, 3) if f"{handle}-{place}" in names()
    )


ROUTES = (
    create_static_files_router(
        path="/demo",
        directories=[FOLDER],
        cache_control=CacheControlHeader(public=True, max_age=YEAR_S, immutable=True),
        include_in_schema=False,
    ),
)
