"""Carts and their lines."""

from frontline.store.migration import apply, confine

revision = "cart_0001"
down_revision = None
branch_labels = ("cart",)
depends_on = ("store_0001", "catalog_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE cart (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        line_count int NOT NULL CHECK (line_count BETWEEN 0 AND 100),
        PRIMARY KEY (shop_id, member_id)
    );
    CREATE TABLE cart_line (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        sku_id uuid NOT NULL,
        quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
        price bigint NOT NULL CHECK (price >= 0),            -- of one, when it was put in
        put_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, member_id, sku_id),
        FOREIGN KEY (shop_id, member_id) REFERENCES cart,
        FOREIGN KEY (shop_id, sku_id) REFERENCES sku
    );
    """)
    confine("cart", "cart_line")
