"""What staff were told, and how each of them is reached."""

from frontline.store.migration import apply, confine

revision = "notice_0001"
down_revision = None
branch_labels = ("notice",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE notice (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        to_id uuid NOT NULL,                                 -- staff
        title_zh text NOT NULL CHECK (title_zh <> ''),
        title_en text NOT NULL CHECK (title_en <> ''),
        text_zh text NOT NULL,
        text_en text NOT NULL,
        url text NOT NULL CHECK (url LIKE '/desk%'),
        urgent boolean NOT NULL,
        at timestamptz NOT NULL,
        read_at timestamptz CHECK (read_at >= at),
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX notice_newest ON notice (shop_id, to_id, at, id);
    CREATE INDEX notice_unread ON notice (shop_id, to_id, at) WHERE read_at IS NULL;
    CREATE TABLE notice_reach (
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        mail text NOT NULL,
        openid text NOT NULL,                                -- of the shop's mini program
        language text NOT NULL CHECK (language IN ('zh', 'en')),
        wants text NOT NULL CHECK (wants IN ('all', 'urgent', 'nothing')),
        PRIMARY KEY (shop_id, staff_id)
    );
    """)
    confine("notice", "notice_reach")
