"""What the desk looks cases up by when it asks for all of them."""

from frontline.store.migration import apply

revision = "aftersale_0002"
down_revision = "aftersale_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("CREATE INDEX aftersale_by_time ON aftersale (shop_id, asked_at, id)")
