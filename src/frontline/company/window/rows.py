"""Window rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from frontline.company.window.book import Step, Window, WindowBook, WindowKeys
from frontline.company.window.messages import Facts, State
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT id, state, platform, title, opens_at, closes_at, conditions, places, starts_on, ends_on,
           expected_margin, margin_how, url, discount_bp, stock_units, cost, put_by, put_at
    FROM signup_window
    WHERE shop_id = :shop_id AND id = ANY(CAST(:window_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO signup_window (shop_id, id, state, platform, title, opens_at, closes_at, conditions,
                               places, starts_on, ends_on, expected_margin, margin_how, url,
                               discount_bp, stock_units, cost, put_by, put_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:platforms AS text[]),
                CAST(:titles AS text[]), CAST(:opens_at AS timestamptz[]),
                CAST(:closes_at AS timestamptz[]), CAST(:conditions AS text[]),
                CAST(:places AS int[]), CAST(:starts_on AS date[]), CAST(:ends_on AS date[]),
                CAST(:margins AS bigint[]), CAST(:margins_how AS text[]), CAST(:urls AS text[]),
                CAST(:discounts AS int[]), CAST(:stock_units AS bigint[]),
                CAST(:costs AS bigint[]), CAST(:put_by AS uuid[]), CAST(:put_at AS timestamptz[]))
""")
_CHANGE = text("""
    UPDATE signup_window AS w
    SET state = n.state, platform = n.platform, title = n.title, opens_at = n.opens_at,
        closes_at = n.closes_at, conditions = n.conditions, places = n.places,
        starts_on = n.starts_on, ends_on = n.ends_on, expected_margin = n.expected_margin,
        margin_how = n.margin_how, url = n.url, discount_bp = n.discount_bp,
        stock_units = n.stock_units, cost = n.cost
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:platforms AS text[]),
                CAST(:titles AS text[]), CAST(:opens_at AS timestamptz[]),
                CAST(:closes_at AS timestamptz[]), CAST(:conditions AS text[]),
                CAST(:places AS int[]), CAST(:starts_on AS date[]), CAST(:ends_on AS date[]),
                CAST(:margins AS bigint[]), CAST(:margins_how AS text[]), CAST(:urls AS text[]),
                CAST(:discounts AS int[]), CAST(:stock_units AS bigint[]),
                CAST(:costs AS bigint[]), CAST(:before AS text[]))
         AS n (id, state, platform, title, opens_at, closes_at, conditions, places, starts_on,
               ends_on, expected_margin, margin_how, url, discount_bp, stock_units, cost, before)
    WHERE w.shop_id = :shop_id AND w.id = n.id AND w.state = n.before
""")
_ADD_STEPS = text("""
    INSERT INTO signup_window_step (shop_id, window_id, deed, said, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:window_ids AS uuid[]), CAST(:deeds AS text[]), CAST(:said AS text[]),
                CAST(:staff_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")


async def load(transaction: Transaction, keys: WindowKeys) -> WindowBook:
    rows = await transaction.rows(_LOCK, window_ids=keys.window_ids)
    return WindowBook(Page({row.id: window_of(row) for row in rows}))


def window_of(row: Any) -> Window:
    """Of a row that has all columns of the table."""
    return Window(
        id=row.id,
        facts=Facts(**{name: row[name] for name in Facts.__struct_fields__}),
        state=State(row.state),
        discount_bp=row.discount_bp,
        stock_units=row.stock_units,
        cost=row.cost,
        put_by=row.put_by,
        put_at=row.put_at,
    )


async def store(transaction: Transaction, book: WindowBook) -> None:
    added = list(book.windows.added().values())
    await transaction.write(
        _ADD,
        **_columns(added),
        put_by=[one.put_by for one in added],
        put_at=[one.put_at for one in added],
    )
    altered = list(book.windows.altered().values())
    await transaction.write(
        _CHANGE,
        **_columns([new for _, new in altered]),
        before=[old.state for old, _ in altered],
    )
    await _store_steps(transaction, book.steps)


def _columns(windows: list[Window]) -> dict[str, list[Any]]:
    facts = [one.facts for one in windows]
    return {
        "ids": [one.id for one in windows],
        "states": [one.state for one in windows],
        "platforms": [one.platform for one in facts],
        "titles": [one.title for one in facts],
        "opens_at": [one.opens_at for one in facts],
        "closes_at": [one.closes_at for one in facts],
        "conditions": [one.conditions for one in facts],
        "places": [one.places for one in facts],
        "starts_on": [one.starts_on for one in facts],
        "ends_on": [one.ends_on for one in facts],
        "margins": [one.expected_margin for one in facts],
        "margins_how": [one.margin_how for one in facts],
        "urls": [one.url for one in facts],
        "discounts": [one.discount_bp for one in windows],
        "stock_units": [one.stock_units for one in windows],
        "costs": [one.cost for one in windows],
    }


async def _store_steps(transaction: Transaction, steps: list[Step]) -> None:
    await transaction.write(
        _ADD_STEPS,
        window_ids=[step.window_id for step in steps],
        deeds=[step.deed for step in steps],
        said=[step.said for step in steps],
        staff_ids=[step.staff_id for step in steps],
        at=[step.at for step in steps],
    )


SHELF = Shelf(keys=WindowKeys, load=load, store=store, lock=Lock.COMPANY)
