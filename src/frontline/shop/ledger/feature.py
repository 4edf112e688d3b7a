"""What the engine and the application need to know of the ledger."""

from frontline.engine.feature import Feature
from frontline.shop.ledger.rows import SHELF

FEATURE = Feature(name="ledger", shelves=(SHELF,))
