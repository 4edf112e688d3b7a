"""How much there is of each SKU, and every change of it."""

from frontline.store.migration import apply, confine

revision = "stock_0001"
down_revision = None
branch_labels = ("stock",)
depends_on = ("catalog_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE stock (
        shop_id bigint NOT NULL,
        sku_id uuid NOT NULL,
        on_hand int NOT NULL CHECK (on_hand >= 0),
        reserved int NOT NULL CHECK (reserved >= 0),
        sold int NOT NULL CHECK (sold >= 0),
        PRIMARY KEY (shop_id, sku_id),
        FOREIGN KEY (shop_id, sku_id) REFERENCES sku,
        CONSTRAINT stock_not_oversold CHECK (reserved <= on_hand)
    ) WITH (fillfactor = 70);                                -- room for updates in place
    CREATE TABLE stock_movement (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        sku_id uuid NOT NULL,
        at timestamptz NOT NULL,
        kind text NOT NULL CHECK (kind IN ('sale', 'restock', 'adjustment')),
        quantity int NOT NULL CHECK (quantity <> 0),
        cause_id uuid NOT NULL,
        reason text NOT NULL,
        actor_id uuid,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX stock_movement_of_sku ON stock_movement (shop_id, sku_id, id);
    """)
    confine("stock", "stock_movement")
