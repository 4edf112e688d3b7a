"""The columns of Shopify's product CSV, by its names of today and of before."""

from __future__ import annotations

from frontline.shop.catalog.messages import STATUS

HANDLE = "Handle"
TITLE = "Title"
BODY = "Body (HTML)"
VENDOR = "Vendor"
TYPE = "Type"
TAGS = "Tags"
PUBLISHED = "Published"
OPTION_NAMES = ("Option1 Name", "Option2 Name", "Option3 Name")
OPTION_VALUES = ("Option1 Value", "Option2 Value", "Option3 Value")
CODE = "Variant SKU"
GRAMS = "Variant Grams"
QUANTITY = "Variant Inventory Qty"
PRICE = "Variant Price"
COMPARE_AT = "Variant Compare At Price"
SHIPPING = "Variant Requires Shipping"
BARCODE = "Variant Barcode"
VARIANT_IMAGE = "Variant Image"
COST = "Cost per item"
IMAGE = "Image Src"
IMAGE_POSITION = "Image Position"
IMAGE_ALT = "Image Alt Text"

COLUMNS = (
    *(HANDLE, TITLE, BODY, VENDOR, "Product Category", TYPE, TAGS, PUBLISHED),
    *("Option1 Name", "Option1 Value", "Option1 Linked To"),
    *("Option2 Name", "Option2 Value", "Option2 Linked To"),
    *("Option3 Name", "Option3 Value", "Option3 Linked To"),
    *(CODE, GRAMS, "Variant Inventory Tracker", QUANTITY, "Variant Inventory Policy"),
    *("Variant Fulfillment Service", PRICE, COMPARE_AT, SHIPPING, "Variant Taxable"),
    *("Unit Price Total Measure", "Unit Price Total Measure Unit"),
    *("Unit Price Base Measure", "Unit Price Base Measure Unit"),
    *(BARCODE, IMAGE, IMAGE_POSITION, IMAGE_ALT, "Gift Card", "SEO Title", "SEO Description"),
    *("Google Shopping / Google Product Category", "Google Shopping / Gender"),
    *("Google Shopping / Age Group", "Google Shopping / MPN"),
    *("Google Shopping / AdWords Grouping", "Google Shopping / AdWords Labels"),
    *("Google Shopping / Condition", "Google Shopping / Custom Product"),
    *("Google Shopping / Custom Label 0", "Google Shopping / Custom Label 1"),
    *("Google Shopping / Custom Label 2", "Google Shopping / Custom Label 3"),
    *("Google Shopping / Custom Label 4", VARIANT_IMAGE, "Variant Weight Unit"),
    *("Variant Tax Code", COST, STATUS),
)
"""In Shopify's order. Those of markets and metafields differ from shop to shop and come after."""

REQUIRED = (HANDLE, TITLE, PRICE)

UNDERSTOOD = frozenset(
    (
        *(HANDLE, TITLE, BODY, VENDOR, TYPE, TAGS, PUBLISHED, STATUS),
        *OPTION_NAMES,
        *OPTION_VALUES,
        *(CODE, GRAMS, QUANTITY, PRICE, COMPARE_AT, SHIPPING, BARCODE, VARIANT_IMAGE, COST),
        *(IMAGE, IMAGE_POSITION, IMAGE_ALT),
    )
)
"""What means something to us. The others are kept as they are and given back."""

_OF_PRODUCTS = frozenset(
    (
        *("product category", "gift card", "seo title", "seo description", "collection"),
        *("option1 linked to", "option2 linked to", "option3 linked to"),
    )
)
_OF_PRODUCTS_BEGIN = ("google shopping / ", "included / ")
_METAFIELD = "(product.metafields."

_OTHER_NAMES = {
    "url handle": HANDLE,
    "description": BODY,
    "published on online store": PUBLISHED,
    "sku": CODE,
    "barcode": BARCODE,
    "price": PRICE,
    "compare-at price": COMPARE_AT,
    "weight value (grams)": GRAMS,
    "inventory quantity": QUANTITY,
    "inventory tracker": "Variant Inventory Tracker",
    "requires shipping": SHIPPING,
    "fulfillment service": "Variant Fulfillment Service",
    "charge tax": "Variant Taxable",
    "tax code": "Variant Tax Code",
    "weight unit for display": "Variant Weight Unit",
    "product image url": IMAGE,
    "variant image url": VARIANT_IMAGE,
}
_NAMES = {name.lower(): name for name in COLUMNS} | _OTHER_NAMES


def canonical(name: str) -> str:
    """The name we know a column by; its own if it means nothing to us."""
    name = name.strip()
    return _NAMES.get(name.lower(), name)


def is_of_product(name: str) -> bool:
    """Said once for a product, in its first row; other columns are said of each variant."""
    lower = name.lower()
    return lower in _OF_PRODUCTS or lower.startswith(_OF_PRODUCTS_BEGIN) or _METAFIELD in lower


OF_FIELD = {
    "handle": HANDLE,
    "title": TITLE,
    "body_html": BODY,
    "vendor": VENDOR,
    "tags": TAGS,
    "category_path": TYPE,
    "option_names": OPTION_NAMES[0],
    "option_values": OPTION_VALUES[0],
    "variants": HANDLE,
    "pictures": IMAGE,
    "alt": IMAGE_ALT,
    "code": CODE,
    "barcode": BARCODE,
    "picture_src": VARIANT_IMAGE,
    "price": PRICE,
    "compare_at": COMPARE_AT,
    "cost": COST,
    "weight_g": GRAMS,
    "stock": QUANTITY,
}
"""By the field of a draft, where in a file it stands. Other fields are called as their column."""


_MINOR_DIGITS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_digits(currency: str) -> int:
    """How many digits the currency (ISO 4217) has behind the point."""
    return _MINOR_DIGITS.get(currency, 2)


def column_of(field: str | None) -> str:
    """Where the field of a draft stands in a file."""
    return OF_FIELD.get(field or "", field or "")
