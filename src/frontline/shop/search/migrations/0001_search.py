"""What was searched for on which day, by how many, and words that mean the same."""

from frontline.store.migration import apply, confine

revision = "search_0001"
down_revision = None
branch_labels = ("search",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE search_day (                                -- all searches of a day
        shop_id bigint NOT NULL,
        day date NOT NULL,
        words int NOT NULL CHECK (words BETWEEN 0 AND 2000),
        searches bigint NOT NULL,
        without bigint NOT NULL CHECK (without BETWEEN 0 AND searches),
        PRIMARY KEY (shop_id, day)
    ) WITH (fillfactor = 50);
    CREATE TABLE search_word (                               -- of those, the words that are kept
        shop_id bigint NOT NULL,
        day date NOT NULL,
        word text NOT NULL CHECK (char_length(word) BETWEEN 1 AND 40),
        searches bigint NOT NULL CHECK (searches > 0),
        without bigint NOT NULL CHECK (without BETWEEN 0 AND searches),
        marks bit(256) NOT NULL,                             -- of searchers, salted by the week
        PRIMARY KEY (shop_id, day, word)
    ) WITH (fillfactor = 70);
    CREATE TABLE search_salt (                               -- of this week; older ones are gone
        shop_id bigint NOT NULL,
        week date NOT NULL,                                  -- its Monday
        salt bytea NOT NULL CHECK (length(salt) = 8),
        PRIMARY KEY (shop_id, week)
    );
    CREATE TABLE search_synonym (
        shop_id bigint NOT NULL,
        word text NOT NULL CHECK (char_length(word) BETWEEN 1 AND 40),
        means text NOT NULL CHECK (char_length(means) BETWEEN 1 AND 40 AND means <> word),
        staff_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, word)
    );
    """)
    confine("search_day", "search_word", "search_salt", "search_synonym")
