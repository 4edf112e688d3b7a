"""How long a search takes among 100,000 products, and by which index.

    python bench/search.py [--products 100000] [--url postgresql+asyncpg://...]

Titles are put together of the words of two real catalogues (../shared/data beside the checkout).
Searches go through the same reads as the shop's doors, as the application's role. Without a URL
a server is started and removed again.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import random
import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from databases import connect, new_database, open_url, owner  # noqa: E402

from frontline.kernel.words import ShopId  # noqa: E402
from frontline.shop.catalog.text import likeness, patterns, searchable  # noqa: E402
from frontline.shop.catalog.views.lists import NEAR_AT_LEAST, Wish, find  # noqa: E402
from frontline.store import server  # noqa: E402
from frontline.store.database import Database  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
SHOP = ShopId(1)
CHANCE = random.Random(7)
EACH = 60
SYNONYMS = 500
OTHERWISE = "又名"  # Before a word: what is said instead of it.
COLUMNS = (
    "shop_id id handle title body_html vendor category_id tags on_sale option_names freight_id"
    " price_min search extra created_at updated_at"
).split()


def words() -> tuple[list[str], list[str]]:
    with (DATA / "zh_catalogue_shopify.csv").open(encoding="utf-8") as file:
        chinese = [row["Title"] for row in csv.DictReader(file)]
    with gzip.open(DATA / "online_retail.csv.gz", "rt") as file:
        english = sorted({row["Description"].strip() for row in csv.DictReader(file)})
    return (
        [part for title in chinese for part in re.findall(r"[\u4e00-\u9fff]{2,4}|\w+", title)],
        [word for title in english for word in title.split()],
    )


def titles(count: int, chinese: list[str], english: list[str]) -> list[str]:
    return [
        "".join(CHANCE.choices(chinese, k=CHANCE.randint(3, 6)))
        if number % 2
        else " ".join(CHANCE.choices(english, k=CHANCE.randint(3, 6)))
        for number in range(count)
    ]


async def seed(url: str, all_titles: list[str], known: list[str]) -> None:
    sql = await connect(owner(url))
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        (SHOP, uuid4(), f"p{number}", title, "", "", None, [], True, [], None,
         CHANCE.randint(100, 100_000), searchable([title, f"{1_000_000 + number}"]), "{}",
         begin + timedelta(seconds=number), begin)
        for number, title in enumerate(all_titles)
    ]  # fmt: skip
    await sql.copy_records_to_table("product", columns=COLUMNS, records=rows)
    skus = [
        (SHOP, uuid4(), row[1], 0, "", [], row[11], 0, "", True, "", "{}", False) for row in rows
    ]
    names = "shop_id id product_id position code option_values price weight_g barcode"
    names += " needs_shipping picture_src extra removed"
    await sql.copy_records_to_table("sku", columns=names.split(), records=skus)
    synonyms = [(SHOP, f"{OTHERWISE}{word}", word, uuid4(), begin) for word in known]
    await sql.copy_records_to_table("search_synonym", records=synonyms)
    await sql.execute("VACUUM ANALYZE")
    await sql.close()


def mistyped(word: str) -> str:
    at = CHANCE.randrange(len(word))
    if not word[at].isascii():
        return word[:at] + CHANCE.choice("的一是不了人我在有他这") + word[at + 1 :]
    match CHANCE.choice(("wrong", "missing", "swapped")):
        case "wrong":
            return word[:at] + CHANCE.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]
        case "missing":
            return word[:at] + word[at + 1 :]
        case _:
            at = max(0, at - 1)
            return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def queries(all_titles: list[str], chinese: list[str], english: list[str]) -> dict[str, list[str]]:
    only_chinese = [title for title in all_titles[1::2] if not re.search(r"\w", title, re.ASCII)]
    long_words = [word for word in english if len(word) > 5]

    def part(title: str, length: int) -> str:
        at = CHANCE.randrange(len(title) - length + 1)
        return title[at : at + length]

    kinds = {
        "one character": lambda: part(CHANCE.choice(only_chinese), 1),
        "two characters": lambda: part(CHANCE.choice(only_chinese), 2),
        "four characters": lambda: part(CHANCE.choice(only_chinese), 4),
        "two Chinese words": lambda: " ".join(CHANCE.sample(chinese, 2)),
        "a word": lambda: CHANCE.choice(english),
        "part of a word": lambda: CHANCE.choice(long_words)[1:5],
        "two letters": lambda: CHANCE.choice(long_words)[:2],
        "two words": lambda: " ".join(CHANCE.sample(CHANCE.choice(all_titles[::2]).split(), 2)),
        "a number": lambda: str(1_000_000 + CHANCE.randrange(len(all_titles))),
        "a typo": lambda: mistyped(CHANCE.choice(long_words)),
        "a typo of two words": lambda: (
            f"{mistyped(CHANCE.choice(long_words))} {CHANCE.choice(english)}"
        ),
        "a Chinese typo": lambda: mistyped(part(CHANCE.choice(only_chinese), 4)),
        "nonsense": lambda: "".join(CHANCE.choices("qxzjvk", k=7)),
    }
    return {
        kind: [query for _ in range(EACH) if patterns(query := made())]
        for kind, made in kinds.items()
    }


async def measure(database: Database, wanted: dict[str, list[str]]) -> list[float]:
    everything: list[float] = []
    print(f"{'searched for':22} {'p50 ms':>7} {'p95 ms':>7} {'max ms':>7} {'found':>7} {'near':>5}")
    for kind, some in wanted.items():
        took, found, near = [], 0, 0
        for query in some:
            begun = time.perf_counter()
            result = await find(database, SHOP, Wish(q=query))
            took.append((time.perf_counter() - begun) * 1000)
            found += bool(result.items)
            near += result.near
        _tell(f"{kind:22}", took, f"{found:>3}/{len(some)} {near:>5}")
        everything += took
    _tell(f"{'all':22}", everything, "")
    return everything


def _tell(kind: str, took: list[float], more: str) -> None:
    at = sorted(took)
    p95 = at[int(len(at) * 0.95)]
    print(f"{kind} {statistics.median(at):7.1f} {p95:7.1f} {at[-1]:7.1f} {more}")


async def explain(url: str) -> None:
    """The plans, as the application's role, under row-level security."""
    sql = await connect(url)
    await sql.execute("SET app.shop_id = '1'")
    await sql.execute(f"SET pg_trgm.word_similarity_threshold = {NEAR_AT_LEAST[1]}")
    for what, condition, value in (
        ("a part", "search LIKE $1", patterns("羽绒")[0]),
        ("a typo", "$1 <% search", likeness("lantren")),
    ):
        print(f"\n{what}: {condition}, as {await sql.fetchval('SELECT current_user')}")
        lines = await sql.fetch(
            f"EXPLAIN (ANALYZE, BUFFERS OFF) SELECT count(*) FROM product_sought"
            f" WHERE shop_id = 1 AND on_sale AND {condition}",
            value,
        )
        print("\n".join(line[0] for line in lines))
    await sql.close()


async def run(url: str, products: int) -> None:
    chinese, english = words()
    all_titles = titles(products, chinese, english)
    begun = time.perf_counter()
    known = sorted({word.casefold() for word in chinese if not word.isascii()})[:SYNONYMS]
    await seed(url, all_titles, known)
    print(f"{products} products seeded in {time.perf_counter() - begun:.0f} s\n")
    database = Database(url, connections_max=2)
    wanted = queries(all_titles, chinese, english)
    wanted["a synonym"] = [f"{OTHERWISE}{word}" for word in CHANCE.sample(known, EACH)]
    await find(database, SHOP, Wish(q="warm"))
    await measure(database, wanted)
    await database.close()
    await explain(url)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, default=100_000)
    arguments.add_argument("--url", help="with {role} and {database} left open")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontline-bench-") as folder:
        Path(folder).chmod(0o711)
        running = None if given.url else server.start(Path(folder) / "postgres")
        try:
            server_url = given.url or open_url(running)
            url = asyncio.run(new_database(server_url))
            asyncio.run(run(url, given.products))
        finally:
            if running is not None:
                running.stop()


if __name__ == "__main__":
    main()
