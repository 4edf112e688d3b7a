"""What came in and what goes back on a day, for the owner's screen: read off indexes alone."""

from frontline.store.migration import apply

revision = "payment_0002"
down_revision = "payment_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE INDEX payment_by_day ON payment (shop_id, paid_at) INCLUDE (asked)
        WHERE paid_at IS NOT NULL;
    CREATE INDEX refund_by_day ON refund (shop_id, asked_at) INCLUDE (amount);
    """)
