"""When members first placed an order that they paid: by it new customers are counted."""

from frontline.store.migration import apply, confine

revision = "order_0004"
down_revision = "order_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE TABLE order_first (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, member_id)
    ) WITH (fillfactor = 85);
    INSERT INTO order_first (shop_id, member_id, placed_at)
    SELECT shop_id, member_id, min(placed_at) FROM shop_order
    WHERE state NOT IN ('created', 'paying', 'cancelled')
    GROUP BY shop_id, member_id;
    CREATE INDEX order_first_by_time ON order_first (shop_id, placed_at);
    """)
    confine("order_first")
