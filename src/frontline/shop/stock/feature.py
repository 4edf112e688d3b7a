"""What the engine and the application need to know of stock."""

from frontline.engine.feature import Feature
from frontline.shop.stock.rows import SHELF

FEATURE = Feature(name="stock", shelves=(SHELF,))
