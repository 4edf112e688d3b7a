"""Staff, and how often somebody has tried to be one of them."""

from frontline.store.migration import apply, confine

revision = "staff_0001"
down_revision = None
branch_labels = ("staff",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE staff (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        password_hash text NOT NULL,                         -- argon2id, with salt and costs
        role text NOT NULL CHECK (role IN ('owner', 'staff')),
        active boolean NOT NULL,
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, name)
    );
    CREATE TABLE staff_tries (
        shop_id bigint NOT NULL,
        slot int NOT NULL CHECK (slot BETWEEN 0 AND 65535),  -- digest of a name
        since timestamptz NOT NULL,
        count int NOT NULL CHECK (count BETWEEN 0 AND 5),
        PRIMARY KEY (shop_id, slot)
    );
    """)
    confine("staff", "staff_tries")
