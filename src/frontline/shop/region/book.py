"""Provinces, cities and districts by their codes: printed with the program, never written in.

A code has six digits: 44 00 00 a province, 44 03 00 a city, 44 03 05 a district.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("regions.txt")  # Made as NOTICE tells.
_FILLERS = frozenset({"县", "省直辖县", "自治区直辖县级行政区划"})
"""Stand where a city would, and are not written on parcels."""

NAMES = dict(line.split(" ") for line in _FILE.read_text(encoding="utf-8").splitlines())


class Region(msgspec.Struct, frozen=True):
    code: str
    name: str
    children: tuple[Region, ...] = ()


def text_of(code: str) -> str | None:
    """A district as written on a parcel, 广东省 深圳市 南山区; None if there is no such one."""
    if code not in NAMES or code.endswith("00"):
        return None
    province, city, district = NAMES[f"{code[:2]}0000"], NAMES[f"{code[:4]}00"], NAMES[code]
    parts = [province, district] if city in {province, *_FILLERS} else [province, city, district]
    return " ".join(parts)


def known(prefix: str) -> bool:
    """Whether it is a province (2 digits), a city (4) or a district (6)."""
    return len(prefix) in {2, 4, 6} and prefix.ljust(6, "0") in NAMES and prefix[-2:] != "00"


def tree() -> tuple[Region, ...]:
    """Provinces with their cities with their districts."""
    cities: dict[str, list[Region]] = {}
    districts: dict[str, list[Region]] = {}
    for code, name in NAMES.items():
        if not code.endswith("00"):
            districts.setdefault(code[:4], []).append(Region(code, name))
    for code, name in NAMES.items():
        if code.endswith("00") and not code.endswith("0000"):
            city = Region(code, name, tuple(districts[code[:4]]))
            cities.setdefault(code[:2], []).append(city)
    return tuple(
        Region(code, name, tuple(cities[code[:2]]))
        for code, name in NAMES.items()
        if code.endswith("0000")
    )
