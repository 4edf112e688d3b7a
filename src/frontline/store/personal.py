"""What a feature's tables hold about members, said by the feature itself.

A feature keeps it in `personal.py`, as `PERSONAL = (Holding(...), ...)`. From these a member's data
are handed out and erased; a test walks the migrated database for columns that are in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table. Erased are its rows in the order in which a feature lists its tables."""

    table: str
    zh: str  # What it holds, for the member.
    en: str
    columns: tuple[str, ...]
    """That tell who it is, or are in a person's own words."""
    whose: str = "t.member_id = m.id"
    """SQL: which of its rows `t` are of the member `m`; it may ask for `t.shop_id`."""
    withheld: tuple[str, ...] = ()
    """Columns that are not handed out, for they would open doors."""
    handed_out: bool = True
    """False: it is a copy of what another table holds, and slow to find."""
    erased: str = ""
    """DELETE, or what the columns become (SQL after SET). "" leaves them."""
    kept: str = ""
    """Why there is something left when the member is gone. Said of all but DELETE."""

    def __post_init__(self) -> None:
        assert (self.erased == DELETE) != bool(self.kept), self.table


def of_order(column: str = "order_id") -> str:
    """`whose`, for rows that belong to an order."""
    orders = "SELECT o.id FROM shop_order AS o WHERE o.shop_id = t.shop_id AND o.member_id = m.id"
    return f"t.{column} IN ({orders})"


BOOKS = "The law wants the books of a sale kept for three years; nothing in it names the member."
"""E-Commerce Law of the PRC, article 31."""
