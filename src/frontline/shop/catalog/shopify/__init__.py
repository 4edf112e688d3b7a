"""Shopify's product CSV: read into drafts, written from products, and read back the same."""

from frontline.shop.catalog.shopify.csv_rows import BadRow, Unreadable
from frontline.shop.catalog.shopify.reading import Reading, read

__all__ = ["BadRow", "Reading", "Unreadable", "read"]
