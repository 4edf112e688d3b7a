"""Products, their options and SKUs, categories and pictures."""

from frontline.store.migration import apply, confine, share

revision = "catalog_0001"
down_revision = None
branch_labels = ("catalog",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE category (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        parent_id uuid,
        name text NOT NULL CHECK (name <> ''),
        position int NOT NULL,                               -- among its sisters
        PRIMARY KEY (shop_id, id),
        UNIQUE NULLS NOT DISTINCT (shop_id, parent_id, name),
        FOREIGN KEY (shop_id, parent_id) REFERENCES category,
        CHECK (parent_id <> id)
    );
    CREATE TABLE product (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        handle text NOT NULL CHECK (handle <> ''),           -- in addresses; of Shopify's CSV
        title text NOT NULL CHECK (title <> ''),
        body_html text NOT NULL,                             -- cleaned
        vendor text NOT NULL,
        category_id uuid,
        tags text[] NOT NULL,
        on_sale boolean NOT NULL,
        option_names text[] NOT NULL CHECK (cardinality(option_names) <= 3),
        freight_id uuid,                                     -- none: carriage is free
        price_min bigint NOT NULL CHECK (price_min >= 0),    -- of its SKUs, for sorting
        search text NOT NULL,                                -- as `text.searchable` writes it
        extra text NOT NULL,                                 -- JSON: other columns of Shopify's CSV
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, handle),
        FOREIGN KEY (shop_id, category_id) REFERENCES category
    );
    CREATE INDEX product_newest ON product (shop_id, created_at, id);
    CREATE INDEX product_cheapest ON product (shop_id, price_min, id);
    CREATE INDEX product_of_category ON product (shop_id, category_id);
    -- Without a list of pending rows, which every search would have to read through.
    CREATE INDEX product_search ON product USING gin (search gin_trgm_ops)
        WITH (fastupdate = off);
    CREATE TABLE sku (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        product_id uuid NOT NULL,
        position int NOT NULL,
        code text NOT NULL,                                  -- the merchant's own number; may be ''
        option_values text[] NOT NULL CHECK (cardinality(option_values) <= 3),
        price bigint NOT NULL CHECK (price >= 0),            -- minor units
        compare_at bigint CHECK (compare_at >= 0),           -- struck-through price
        cost bigint CHECK (cost >= 0),
        per_member_max int CHECK (per_member_max > 0),
        weight_g int NOT NULL CHECK (weight_g >= 0),
        barcode text NOT NULL,
        needs_shipping boolean NOT NULL,
        picture_src text NOT NULL,
        extra text NOT NULL,                                 -- JSON: other columns of Shopify's CSV
        removed boolean NOT NULL,                            -- no longer of its product
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, product_id, option_values),
        FOREIGN KEY (shop_id, product_id) REFERENCES product
    );
    CREATE INDEX sku_of_product ON sku (shop_id, product_id, position);
    CREATE TABLE picture (
        shop_id bigint NOT NULL,
        product_id uuid NOT NULL,
        position int NOT NULL,
        src text NOT NULL,                                   -- our own /pictures/..., or outside
        alt text NOT NULL,
        PRIMARY KEY (shop_id, product_id, position),
        FOREIGN KEY (shop_id, product_id) REFERENCES product
    );
    """)
    confine("category", "product", "sku", "picture")
    # What is searched, and what it is sorted and filtered by. Under row-level security no index
    # serves LIKE or a likeness: they might leak what they are shown, so PostgreSQL puts the policy
    # before them. A view works with the rights of its owner, and says the shop itself; it hands
    # out ids only, and whatever is shown is read from the tables, under their policies.
    # (An owner who is no superuser is held to the policy as well: right, but without the index.)
    apply("""
    CREATE VIEW product_sought AS
        SELECT shop_id, id, search, on_sale, category_id, price_min, created_at
        FROM product
        WHERE shop_id = CAST(current_setting('app.shop_id') AS bigint);
    """)
    share("product_sought")
