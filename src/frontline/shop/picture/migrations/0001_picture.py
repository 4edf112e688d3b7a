"""Pictures by their content, who uploaded them, and how many each has uploaded of late."""

from frontline.store.migration import apply, confine

revision = "picture_0001"
down_revision = None
branch_labels = ("picture",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE picture_file (
        shop_id bigint NOT NULL,
        hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{32}$'),
        width int NOT NULL CHECK (width > 0),                -- pixels, of the large one
        height int NOT NULL CHECK (height > 0),
        large bytea NOT NULL CHECK (large <> ''),            -- WebP
        middle bytea NOT NULL CHECK (middle <> ''),
        small bytea NOT NULL CHECK (small <> ''),
        PRIMARY KEY (shop_id, hash)
    );
    -- It is compressed already.
    ALTER TABLE picture_file ALTER large SET STORAGE EXTERNAL,
        ALTER middle SET STORAGE EXTERNAL, ALTER small SET STORAGE EXTERNAL;
    CREATE TABLE picture_upload (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        actor_id uuid NOT NULL,                              -- of a member or staff
        hash text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX picture_upload_of_actor ON picture_upload (shop_id, actor_id, at);
    CREATE TABLE picture_quota (
        shop_id bigint NOT NULL,
        actor_id uuid NOT NULL,
        day_from timestamptz NOT NULL,                       -- the first upload of 24 hours
        count int NOT NULL CHECK (count BETWEEN 1 AND 2000),
        PRIMARY KEY (shop_id, actor_id)
    ) WITH (fillfactor = 85);
    """)
    confine("picture_file", "picture_upload", "picture_quota")
