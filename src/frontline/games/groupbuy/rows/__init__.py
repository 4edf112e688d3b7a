"""Group-buy rows."""

from frontline.engine.shelf import Shelf
from frontline.games.groupbuy.book import FormerKeys, GroupbuyKeys
from frontline.games.groupbuy.rows.loading import load, load_formers
from frontline.games.groupbuy.rows.storing import store
from frontline.kernel.locks import Lock

FORMERS = Shelf(keys=FormerKeys, load=load_formers)
SHELF = Shelf(keys=GroupbuyKeys, load=load, store=store, lock=Lock.GAMES)
