"""Proposals, their reviews and questions, who waited for whom, and the chain of all of it."""

from frontline.store.migration import apply, confine

revision = "decision_0001"
down_revision = None
branch_labels = ("decision",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE proposal (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- as `Held` told it
        action text NOT NULL CHECK (action IN ('discount', 'price_change', 'campaign',
            'stock_claim', 'refund', 'compensation', 'ad_spend', 'purchase', 'hire')),
        amount bigint,                                       -- in the action's unit; none: unbound
        allowed bigint,                                      -- what the applicant may do alone
        by_id uuid NOT NULL,                                 -- staff.id
        position_id uuid,                                    -- the applicant's then
        subject_id uuid NOT NULL,
        command text NOT NULL,                               -- JSON: [name, command]
        wish bigint NOT NULL,                                -- of it, under its second id
        title text NOT NULL,
        evidence text NOT NULL,
        window_id uuid,
        asked_at timestamptz NOT NULL,
        deadline timestamptz NOT NULL,
        owner_at timestamptz NOT NULL,                       -- the owner is asked no later
        reviews_by timestamptz NOT NULL,
        parallel boolean NOT NULL,
        on_deadline text NOT NULL CHECK (on_deadline IN ('lapse', 'refuse')),
        worth bigint CHECK (worth >= 0),                     -- minor units
        worth_how text NOT NULL,                             -- JSON: [zh, en]
        state text NOT NULL CHECK (state IN
            ('open', 'approved', 'approved_but', 'refused', 'lapsed', 'withdrawn')),
        decider_id uuid,                                     -- none: the owner
        decider_asked_at timestamptz,
        decider_reminded boolean NOT NULL,
        owner_asked_at timestamptz,
        owner_reminded boolean NOT NULL,
        decided_at timestamptz,                              -- or lapsed, or withdrawn
        decided_by uuid,
        reason text NOT NULL,
        cap bigint CHECK (cap > 0),
        accepted_at timestamptz,                             -- the condition of a `but`
        executed text NOT NULL CHECK (executed IN ('no', 'done', 'failed')),
        outcome text NOT NULL,                               -- the shop's refusal
        questions int NOT NULL CHECK (questions >= 0),
        PRIMARY KEY (shop_id, id),
        CHECK ((state = 'open') = (decided_at IS NULL)),
        CHECK (accepted_at IS NULL OR (state = 'approved_but' AND cap IS NULL)),
        CHECK (executed = 'no' OR state = 'approved' OR accepted_at IS NOT NULL),
        CHECK (decided_by IS NULL OR decided_by <> by_id),
        CHECK (asked_at < deadline)
    ) WITH (fillfactor = 70);
    CREATE INDEX proposal_newest ON proposal (shop_id, asked_at, id);
    CREATE INDEX proposal_of_state ON proposal (shop_id, state, asked_at, id);
    CREATE INDEX proposal_of_action ON proposal (shop_id, action, asked_at, id);
    CREATE INDEX proposal_of_applicant ON proposal (shop_id, by_id, asked_at, id);
    CREATE INDEX proposal_open ON proposal (shop_id, deadline, id) WHERE state = 'open';
    CREATE INDEX proposal_decided ON proposal (shop_id, decided_at, id)
        WHERE decided_at IS NOT NULL;
    CREATE INDEX proposal_open_about ON proposal (shop_id, subject_id) WHERE state = 'open';
    CREATE INDEX proposal_decided_about ON proposal (shop_id, subject_id, decided_at)
        WHERE decided_at IS NOT NULL;
    CREATE INDEX proposal_of_window ON proposal (shop_id, window_id, asked_at)
        WHERE window_id IS NOT NULL;
    CREATE INDEX proposal_of_position ON proposal (shop_id, position_id, action, decided_at)
        WHERE decided_at IS NOT NULL AND position_id IS NOT NULL;
    CREATE TABLE proposal_review (
        shop_id bigint NOT NULL,
        proposal_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('discount', 'stock', 'finance', 'law')),
        place smallint NOT NULL,                             -- one after another, in this order
        reviewer_id uuid,                                    -- none: nobody does this
        substitute_id uuid,
        asked_at timestamptz,                                -- none: its turn has not come
        due_at timestamptz,
        reminded boolean NOT NULL,
        substituted boolean NOT NULL,
        pre_answer text NOT NULL CHECK (pre_answer IN ('yes', 'no', 'unsure')),
        facts text NOT NULL,                                 -- JSON: [[zh, en]]
        answer text CHECK (answer IN ('yes', 'no', 'but')),
        reason text NOT NULL,
        answered_by uuid,
        answered_at timestamptz,
        PRIMARY KEY (shop_id, proposal_id, kind),
        CHECK ((answer IS NULL) = (answered_by IS NULL)),
        CHECK ((answer IS NULL) = (answered_at IS NULL)),
        CHECK ((asked_at IS NULL) = (due_at IS NULL))
    ) WITH (fillfactor = 70);
    CREATE TABLE proposal_question (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        proposal_id uuid NOT NULL,
        asked_by uuid NOT NULL,
        asked_at timestamptz NOT NULL,
        text text NOT NULL CHECK (text <> ''),
        answer text NOT NULL,
        answered_at timestamptz,
        PRIMARY KEY (shop_id, id),
        CHECK ((answer = '') = (answered_at IS NULL))
    );
    CREATE INDEX proposal_question_of ON proposal_question (shop_id, proposal_id, asked_at, id);
    CREATE TABLE proposal_wait (                             -- somebody waited for, from when on
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        proposal_id uuid NOT NULL,
        staff_id uuid NOT NULL,                              -- on whom
        part text NOT NULL CHECK (part IN ('review', 'decide', 'answer')),
        kind text CHECK (kind IN ('discount', 'stock', 'finance', 'law')),
        action text NOT NULL,
        since timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        until timestamptz,
        ended text CHECK (ended IN ('answered', 'relieved', 'lapsed', 'withdrawn')),
        PRIMARY KEY (shop_id, id),
        CHECK ((until IS NULL) = (ended IS NULL)),
        CHECK ((kind IS NULL) = (part <> 'review'))
    ) WITH (fillfactor = 70);
    CREATE INDEX proposal_wait_of ON proposal_wait (shop_id, proposal_id, since);
    CREATE INDEX proposal_wait_on ON proposal_wait (shop_id, staff_id, since, proposal_id)
        WHERE until IS NULL;
    CREATE INDEX proposal_wait_open ON proposal_wait (shop_id, since, id) WHERE until IS NULL;
    CREATE INDEX proposal_wait_ended ON proposal_wait (shop_id, until)
        INCLUDE (staff_id, part, kind, action, since, ended) WHERE until IS NOT NULL;
    CREATE INDEX proposal_wait_answered ON proposal_wait (shop_id, staff_id, until)
        WHERE ended = 'answered';
    CREATE TABLE decision_head (                             -- of the chain; locked to add to it
        shop_id bigint NOT NULL,
        name text NOT NULL CHECK (name = 'head'),
        number bigint NOT NULL CHECK (number > 0),
        hash bytea NOT NULL,
        PRIMARY KEY (shop_id, name)
    ) WITH (fillfactor = 50);
    CREATE TABLE decision_step (
        shop_id bigint NOT NULL,
        number bigint NOT NULL CHECK (number > 0),
        proposal_id uuid NOT NULL,
        at timestamptz NOT NULL,
        deed text NOT NULL,
        staff_id uuid,                                       -- none: time did it
        state text NOT NULL,                                 -- of the proposal, afterwards
        said text NOT NULL,
        seal text NOT NULL,                                  -- of what is proposed; hexadecimal
        hash bytea NOT NULL,                                 -- of this and the one before
        PRIMARY KEY (shop_id, number)
    );
    CREATE INDEX decision_step_of ON decision_step (shop_id, proposal_id, number);
    CREATE TABLE commitment (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        action text NOT NULL CHECK (action IN ('ad_spend', 'purchase', 'hire')),
        amount bigint NOT NULL CHECK (amount > 0),
        what text NOT NULL CHECK (what <> ''),
        staff_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX commitment_newest ON commitment (shop_id, at, id);
    CREATE INDEX commitment_of ON commitment (shop_id, action, at);
    """)
    confine(
        "proposal",
        "proposal_review",
        "proposal_question",
        "proposal_wait",
        "decision_head",
        "decision_step",
        "commitment",
    )
    apply("REVOKE UPDATE, DELETE ON decision_step, commitment FROM frontline_app")
    apply("REVOKE DELETE ON proposal, proposal_review, proposal_question, decision_head "
          "FROM frontline_app")  # fmt: skip
