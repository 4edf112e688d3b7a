"""Reviews, what they come to for each product, and what staff did to them."""

from frontline.store.migration import apply, confine

revision = "review_0001"
down_revision = None
branch_labels = ("review",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE review (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        line_number int NOT NULL,
        member_id uuid NOT NULL,
        product_id uuid NOT NULL,
        sku_id uuid NOT NULL,
        variant text NOT NULL,                               -- as it was called then
        rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
        kind text NOT NULL GENERATED ALWAYS AS (CASE WHEN rating >= 4 THEN 'good'
            WHEN rating = 3 THEN 'middling' ELSE 'bad' END) STORED,
        text text NOT NULL CHECK (text <> ''),
        pictures text[] NOT NULL CHECK (cardinality(pictures) <= 9),    -- picture_file.hash
        anonymous boolean NOT NULL,
        at timestamptz NOT NULL,
        added text NOT NULL,                                 -- by its writer, later
        added_at timestamptz,
        reply text NOT NULL,                                 -- of the shop
        replied_at timestamptz,
        hidden text NOT NULL,                                -- why staff have hidden it
        PRIMARY KEY (shop_id, id),
        CONSTRAINT review_once UNIQUE (shop_id, order_id, line_number),
        CHECK ((added = '') = (added_at IS NULL)),
        CHECK ((reply = '') = (replied_at IS NULL))
    ) WITH (fillfactor = 85);
    CREATE INDEX review_of_product ON review (shop_id, product_id, at, id) WHERE hidden = '';
    CREATE INDEX review_of_kind ON review (shop_id, product_id, kind, at, id) WHERE hidden = '';
    CREATE INDEX review_with_pictures ON review (shop_id, product_id, at, id)
        WHERE hidden = '' AND pictures <> '{}';
    CREATE INDEX review_of_member ON review (shop_id, member_id, at, id);
    CREATE INDEX review_newest ON review (shop_id, at, id);
    CREATE INDEX review_waiting ON review (shop_id, at, id) WHERE hidden = '' AND reply = '';
    CREATE INDEX review_hidden ON review (shop_id, at, id) WHERE hidden <> '';
    CREATE TABLE review_summary (
        shop_id bigint NOT NULL,
        product_id uuid NOT NULL,
        stars_1 int NOT NULL CHECK (stars_1 >= 0),           -- reviews that are not hidden
        stars_2 int NOT NULL CHECK (stars_2 >= 0),
        stars_3 int NOT NULL CHECK (stars_3 >= 0),
        stars_4 int NOT NULL CHECK (stars_4 >= 0),
        stars_5 int NOT NULL CHECK (stars_5 >= 0),
        with_pictures int NOT NULL CHECK (with_pictures >= 0),
        PRIMARY KEY (shop_id, product_id),
        CHECK (with_pictures <= stars_1 + stars_2 + stars_3 + stars_4 + stars_5)
    ) WITH (fillfactor = 85);
    CREATE TABLE review_step (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        review_id uuid NOT NULL,
        deed text NOT NULL CHECK (deed IN ('reply', 'hide', 'show')),
        said text NOT NULL,
        staff_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, review_id, id)
    );
    """)
    confine("review", "review_summary", "review_step")
    apply("REVOKE UPDATE, DELETE ON review_step FROM frontline_app")
