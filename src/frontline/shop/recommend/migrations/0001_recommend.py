"""Counters of what was bought."""

from frontline.store.migration import apply, confine

revision = "recommend_0001"
down_revision = None
branch_labels = ("recommend",)
depends_on = ("store_0001", "catalog_0001", "order_0001", "review_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE recommend_counted (                         -- orders that were counted
        shop_id bigint NOT NULL,
        order_id uuid NOT NULL,
        standing boolean NOT NULL,                           -- or taken off again
        PRIMARY KEY (shop_id, order_id)
    );
    CREATE TABLE recommend_sold (
        shop_id bigint NOT NULL,
        product_id uuid NOT NULL,
        units bigint NOT NULL CHECK (units >= 0),
        PRIMARY KEY (shop_id, product_id)
    ) WITH (fillfactor = 50);
    CREATE TABLE recommend_day (
        shop_id bigint NOT NULL,
        day date NOT NULL,                                   -- of placing, UTC
        product_id uuid NOT NULL,
        units bigint NOT NULL CHECK (units >= 0),
        PRIMARY KEY (shop_id, day, product_id)
    ) WITH (fillfactor = 50);
    CREATE TABLE recommend_pair (                            -- each pair both ways round
        shop_id bigint NOT NULL,
        product_id uuid NOT NULL,
        other_id uuid NOT NULL,
        orders int NOT NULL CHECK (orders >= 0),
        PRIMARY KEY (shop_id, product_id, other_id),
        CHECK (product_id <> other_id)
    ) WITH (fillfactor = 50);
    """)
    confine("recommend_counted", "recommend_sold", "recommend_day", "recommend_pair")
