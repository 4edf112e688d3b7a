"""What the desk looks orders up by, at a million of them."""

from frontline.store.migration import apply

revision = "order_0002"
down_revision = "order_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    -- With the total, so that a list of large orders skips the others within the index; an index
    -- of its own would cost each order placed as much as this one does.
    CREATE INDEX order_by_time ON shop_order (shop_id, placed_at, id, total);
    -- Beside `order_by_state`, which holds the states that orders do not stay in. `created` is in
    -- neither: it lasts for minutes, so it is found by time.
    CREATE INDEX order_closed ON shop_order (shop_id, state, placed_at, id)
        WHERE state IN ('done', 'cancelled', 'refunded');
    CREATE INDEX order_line_of_sku ON order_line (shop_id, sku_id, order_id);
    CREATE INDEX order_parcel_by_tracking ON order_parcel (shop_id, tracking);
    """)
