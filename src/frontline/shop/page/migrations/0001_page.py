"""What the shop says of itself."""

from frontline.store.migration import apply, confine

revision = "page_0001"
down_revision = None
branch_labels = ("page",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE page_shop (
        shop_id bigint NOT NULL,
        facts text NOT NULL,                                 -- JSON
        demo boolean NOT NULL,                               -- a shop to try things in
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id)
    );
    CREATE TABLE page_text (
        shop_id bigint NOT NULL,
        slug text NOT NULL CHECK (slug IN ('trust', 'about', 'privacy', 'terms', 'refund')),
        title_zh text NOT NULL CHECK (title_zh <> ''),
        title_en text NOT NULL,
        html_zh text NOT NULL CHECK (html_zh <> ''),         -- cleaned
        html_en text NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, slug)
    );
    CREATE TABLE page_banner (
        shop_id bigint NOT NULL,
        place int NOT NULL CHECK (place BETWEEN 1 AND 12),
        id uuid NOT NULL,                                    -- of the command that put it
        title_zh text NOT NULL,
        title_en text NOT NULL,
        picture text NOT NULL CHECK (picture LIKE '/%'),
        link text NOT NULL CHECK (link = '' OR link LIKE '/%'),
        shown_from timestamptz,
        shown_until timestamptz,
        PRIMARY KEY (shop_id, place),
        CHECK (shown_from < shown_until)
    );
    """)
    confine("page_shop", "page_text", "page_banner")
