"""What the engine and the application need to know of freight."""

from frontline.engine.feature import Feature
from frontline.shop.freight.rows import SHELF

FEATURE = Feature(name="freight", shelves=(SHELF,))
