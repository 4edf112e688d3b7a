"""What the desk looks people up by: how their names and phones begin."""

from frontline.store.migration import apply

revision = "member_0002"
down_revision = "member_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE INDEX member_by_nickname ON member (shop_id, nickname);
    CREATE INDEX member_by_joining ON member (shop_id, joined_at, id);
    CREATE INDEX address_by_phone ON address (shop_id, phone);
    CREATE INDEX address_by_name ON address (shop_id, name);
    """)
