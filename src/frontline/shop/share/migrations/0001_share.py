"""Shares, the keys that sign them, who opened them, and who was brought by whom."""

from frontline.store.migration import apply, confine

revision = "share_0001"
down_revision = None
branch_labels = ("share",)
depends_on = ("store_0001", "member_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE share_key (
        shop_id bigint NOT NULL,
        id int NOT NULL CHECK (id BETWEEN 0 AND 4095),
        secret bytea NOT NULL CHECK (length(secret) = 32),
        made_at timestamptz NOT NULL,
        withdrawn boolean NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    CREATE TABLE share_code (
        shop_id bigint NOT NULL,
        id text NOT NULL CHECK (id ~ '^[A-Za-z0-9_-]{12}$'),
        visitor uuid NOT NULL,
        member_id uuid,                                      -- null: was not signed in
        kind text NOT NULL CHECK (kind IN ('product', 'team', 'page', 'order')),
        target text NOT NULL CHECK (target <> ''),
        channel text NOT NULL
            CHECK (channel IN ('friend', 'timeline', 'poster', 'link', 'group')),
        made_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    CREATE TABLE share_touch (
        shop_id bigint NOT NULL,
        visitor uuid NOT NULL,
        code_id text NOT NULL,
        member_id uuid,                                      -- who was signed in, if anybody was
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, visitor, code_id),
        FOREIGN KEY (shop_id, code_id) REFERENCES share_code,
        CHECK (first_at <= last_at)
    );
    CREATE INDEX share_touch_by_time ON share_touch (shop_id, first_at);
    CREATE TABLE share_bind (                                -- once for each member, and for ever
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        visitor uuid NOT NULL,
        at timestamptz NOT NULL,
        sharer_id uuid,                                      -- null: came by themselves
        code_id text,
        joined_at timestamptz,
        sharer_joined_at timestamptz,
        PRIMARY KEY (shop_id, member_id),
        FOREIGN KEY (shop_id, member_id) REFERENCES member,
        FOREIGN KEY (shop_id, sharer_id) REFERENCES member,
        FOREIGN KEY (shop_id, code_id) REFERENCES share_code,
        CHECK (sharer_id <> member_id),
        CHECK ((sharer_id IS NULL) = (code_id IS NULL)),
        CHECK ((sharer_id IS NULL) = (joined_at IS NULL)),
        CHECK ((sharer_id IS NULL) = (sharer_joined_at IS NULL)),
        CONSTRAINT share_no_circle CHECK (sharer_joined_at < joined_at)
    );
    CREATE INDEX share_bind_of_sharer ON share_bind (shop_id, sharer_id, at, member_id);
    CREATE INDEX share_bind_by_time ON share_bind (shop_id, at) WHERE sharer_id IS NOT NULL;
    CREATE TABLE share_owner (                               -- who signed in first on a storefront
        shop_id bigint NOT NULL,
        visitor uuid NOT NULL,
        member_id uuid NOT NULL,
        PRIMARY KEY (shop_id, visitor)
    );
    """)
    confine("share_key", "share_code", "share_touch", "share_bind", "share_owner")
    apply("REVOKE UPDATE, DELETE ON share_code, share_bind, share_owner FROM frontline_app")
