"""Sessions of members and staff."""

from frontline.store.migration import apply, confine

revision = "session_0001"
down_revision = None
branch_labels = ("session",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE session (
        shop_id bigint NOT NULL,
        token_digest bytea NOT NULL,
        actor_id uuid NOT NULL,
        role text NOT NULL CHECK (role IN ('member', 'staff', 'owner')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, token_digest)
    );
    CREATE INDEX session_of_actor ON session (shop_id, actor_id);
    """)
    confine("session")
