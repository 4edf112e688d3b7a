"""The one order in which books are locked.

What points at something stands before it: so keys can be read off the books already in
hand, and on the way back every row is written after the row it points at. Two batches may
wait for each other, never in a circle. Within a place, shelves lock in the order of their
features' names.
"""

from __future__ import annotations

from enum import IntEnum


class Lock(IntEnum):
    READ = 0  # Takes no lock; may be asked for at any time.
    LEDGER = 1  # Nothing is locked at loading; first here means stored last, and held shortest.
    COMPANY = 2
    AUTHORITY = 3
    GAMES = 4
    AFTERSALE = 5
    COUPON = 6
    MEMBER = 7
    PAYMENT = 8
    ORDER = 9
    STOCK = 10
    CATALOG = 11
