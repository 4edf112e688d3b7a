"""What a member of staff sees of their sessions and may do in them, and the lists they keep."""

from frontline.store.migration import apply, confine

revision = "session_0002"
down_revision = "session_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    ALTER TABLE session
        ADD COLUMN seen_at timestamptz,                   -- of staff; to a minute or so
        ADD COLUMN agent text NOT NULL DEFAULT '',        -- what the browser says of itself
        ADD COLUMN areas text[];                          -- NULL: all; see frontline.web.session
    CREATE TABLE saved_view (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        list text NOT NULL,                               -- the path of the list
        staff_id uuid NOT NULL,                           -- whose it is
        shared boolean NOT NULL,                          -- others see it as well
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
        query text NOT NULL CHECK (char_length(query) <= 1000),
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX saved_view_of_list ON saved_view (shop_id, list);
    """)
    confine("saved_view")
