"""What the engine and the application need to know of the catalogue."""

from frontline.engine.feature import Feature
from frontline.shop.catalog.rows import SHELF

FEATURE = Feature(name="catalog", shelves=(SHELF,))
