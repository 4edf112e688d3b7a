"""The commands: what they do, what they print, how they end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from databases import connect, owner
from shop.catalog.files import first, row, text

from frontline.cli import cli


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with two shops, one in yuan and one in yen."""

    async def open_shops() -> None:
        sql = await connect(owner(database))
        await sql.execute("""
            INSERT INTO shop VALUES
                (1, 'main', '总店', 'CNY', 'zh', 'Asia/Shanghai', now()),
                (2, 'tokyo', '东京', 'JPY', 'zh', 'Asia/Tokyo', now())
        """)
        await sql.close()

    asyncio.run(open_shops())
    monkeypatch.setenv("DATABASE_URL", owner(database))
    return database


def count(url: str, what: str) -> Any:
    async def ask() -> Any:
        sql = await connect(owner(url))
        value = await sql.fetchval(f"SELECT {what}")
        await sql.close()
        return value

    return asyncio.run(ask())


def frontline(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)


def told(result: Result) -> Any:
    """The object that a command ends with."""
    return json.loads(result.stdout.strip().splitlines()[-1])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    rows = text(first(option1_name="颜色", option1_value="红"), row(option1_value="蓝", price="1"))
    path.write_bytes(rows.encode("gbk"))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(text(first("a"), first("b", price="¥1"), first("c")), "utf-8")
    return path


def test_import_twice(shop: str, good: Path) -> None:
    first_time = frontline("import", "products", good, "--json")
    assert first_time.exit_code == 0
    assert told(first_time) == {"products": 1, "variants": 2, "unchanged": 0, "errors": []}
    again = frontline("import", "products", good, "--json")
    assert told(again) == {"products": 0, "variants": 0, "unchanged": 1, "errors": []}


def test_bad_rows_are_told_and_good_ones_go_in(shop: str, bad: Path) -> None:
    result = frontline("import", "products", bad, "--json")
    assert result.exit_code == 1
    counts = told(result)
    (error,) = counts.pop("errors")
    assert counts == {"products": 2, "variants": 2, "unchanged": 0}
    assert (error["line"], error["column"], error["reason"]) == (
        3,
        "Variant Price",
        "money_malformed",
    )
    assert error["en"].isascii()
    assert not error["zh"].isascii()
    plain = frontline("import", "products", bad)
    assert "bad.csv:3: Variant Price: " in plain.stderr
    assert "2 unchanged, 1 errors" in plain.stdout


def test_strict_is_all_or_nothing(shop: str, bad: Path, good: Path) -> None:
    result = frontline("import", "products", bad, "--strict", "--json")
    assert result.exit_code == 1
    assert (told(result)["products"], len(told(result)["errors"])) == (0, 1)
    assert count(shop, "count(*) FROM product") == 0
    assert frontline("import", "products", good, "--strict").exit_code == 0


def test_an_unreadable_file_is_one_error(shop: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x00\xff\xfe\x00")
    result = frontline("import", "products", path, "--json")
    assert result.exit_code == 1
    assert told(result)["errors"][0]["reason"] in ("not_text", "column_missing")
    assert frontline("import", "products", tmp_path / "none.csv").exit_code == 2


def test_the_shop_is_named_and_has_its_currency(shop: str, tmp_path: Path) -> None:
    path = tmp_path / "yen.csv"
    path.write_text(text(first(price="1200")), "utf-8")
    assert frontline("import", "products", path, "--shop", "tokyo").exit_code == 0
    assert count(shop, "price FROM sku WHERE shop_id = 2") == 1200
    unknown = frontline("import", "products", path, "--shop", "paris")
    assert unknown.exit_code == 1
    assert "main, tokyo" in unknown.stderr


def test_export_is_what_was_imported(shop: str, good: Path, tmp_path: Path) -> None:
    frontline("import", "products", good)
    path = tmp_path / "out.csv"
    result = frontline("export", "products", path, "--json")
    assert told(result) == {"products": 1, "file": str(path)}
    assert "羽绒被" in path.read_text("utf-8")
    assert told(frontline("import", "products", path, "--json"))["unchanged"] == 1
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
