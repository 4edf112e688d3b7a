"""The catalogue at the desk: products, their editor, files, categories."""

from frontline.shop.catalog.pages.categories import PAGES as _CATEGORIES
from frontline.shop.catalog.pages.editor import PAGES as _EDITOR
from frontline.shop.catalog.pages.files import PAGES as _FILES
from frontline.shop.catalog.pages.products import PAGES as _PRODUCTS
from frontline.shop.catalog.pages.products import find

PAGES = (*_PRODUCTS, *_EDITOR, *_FILES, *_CATEGORIES)

__all__ = ["PAGES", "find"]
