"""What the application needs to know of regions."""

from frontline.engine.feature import Feature
from frontline.shop.region.http import DOORS

FEATURE = Feature(name="region", doors=DOORS)
