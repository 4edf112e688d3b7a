"""What the desk lists refunds that arrived and stray money by, and adds their days up from."""

from frontline.store.migration import apply

revision = "payment_0003"
down_revision = "payment_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE INDEX refund_back ON refund (shop_id, done_at) INCLUDE (amount) WHERE state = 'done';
    CREATE INDEX suspense_by_time ON suspense (shop_id, at) INCLUDE (amount);
    """)
