"""Staff open a case for a buyer who has called."""

from frontline.store.migration import apply

revision = "aftersale_0003"
down_revision = "aftersale_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("ALTER TABLE aftersale ADD COLUMN asked_by uuid")  # Of staff; NULL: the buyer asked.
