"""A small year, replayed through the public doors of a whole shop: launcher, simulator and all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXCERPT = Path(__file__).with_name("excerpt.csv")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay") / "home"


def frontline(home: Path, *words: str) -> tuple[int, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "frontline", *words, "--json"],
        env={**os.environ, "FRONTLINE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout.splitlines()[-1])


def test_the_excerpt_to_the_penny(home: Path) -> None:
    code, told = frontline(home, "replay", str(EXCERPT))
    assert (
        {name: told[name] for name in told["expected"]}
        == told["expected"]
        == {
            "orders": 5,
            "lines": 8,
            "units_sold": 6 + 6 + 2 + 1 + 32 + 3 + 4 + 74215,
            "units_returned": 7 + 5 + 33 + 74215,
            "money_in": 8 * 255 + 6 * 339 + 295 + 32 * 185 + 3 * 421 + 4 * 255 + 74215 * 104,
            "refunded": 12 * 255 + 32 * 185 + 295 + 74215 * 104,
            "kept": 6 * 339 + 3 * 421,
        }
    )
    assert told["skipped"]["non_product_code"] == 2
    assert told["violations"] == 0
    assert (code, told["equal"]) == (0, True)

    code, told = frontline(home, "audit")
    assert code == 0
