"""Group-buy rows."""

from frontline.engine.shelf import Shelf
from frontline.games.groupbuy.book import FormerKeys, GroupbuyKeys, SeenGroupbuyKeys
from frontline.games.groupbuy.rows.loading import (
    load,
    load_formers,
    load_seen,
    recall,
)
from frontline.games.groupbuy.rows.storing import store
from frontline.kernel.locks import Lock

__all__ = ["FORMERS", "SEEN", "SHELF", "recall"]

FORMERS = Shelf(keys=FormerKeys, load=load_formers)
SHELF = Shelf(keys=GroupbuyKeys, load=load, store=store, lock=Lock.GAMES)
SEEN = Shelf(keys=SeenGroupbuyKeys, load=load_seen)
