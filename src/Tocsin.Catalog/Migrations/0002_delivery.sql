-- Times are milliseconds since 1970-01-01T00:00:00Z.

-- One row per alert, channel and transition; a digest is a row of its own with alert_id NULL.
CREATE TABLE delivery_outbox (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- also the order in which things happened
    notification_id  TEXT    NOT NULL UNIQUE,            -- idempotency key, the same in every attempt
    alert_id         INTEGER,
    channel          TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    reason           TEXT    NOT NULL,                   -- firing, reopened, escalated, resolved, digest
    critical         INTEGER NOT NULL DEFAULT 0,
    state            TEXT    NOT NULL,                   -- queued, retrying, sent, failed, bundled, superseded
    attempts         INTEGER NOT NULL DEFAULT 0,
    uncertain        INTEGER NOT NULL DEFAULT 0,         -- 1: an attempt may have arrived although it was not confirmed
    held             INTEGER NOT NULL DEFAULT 0,         -- 1: the rate limit holds it back for a digest
    slot_at          INTEGER,                            -- first attempt: it took a place in the channel's rate window
    enqueued_at      INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    finished_at      INTEGER,
    last_answer      TEXT,
    digest_id        INTEGER,                            -- the digest that carries it
    alert            TEXT                                -- the alert as it was, JSON
);
CREATE INDEX delivery_outbox_pending ON delivery_outbox (channel, id) WHERE state IN ('queued', 'retrying');
CREATE INDEX delivery_outbox_alert ON delivery_outbox (alert_id);
CREATE INDEX delivery_outbox_digest ON delivery_outbox (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX delivery_outbox_finished ON delivery_outbox (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX delivery_outbox_slots ON delivery_outbox (channel, slot_at) WHERE slot_at IS NOT NULL;

-- What each channel was told last: whoever was told "firing" is told "resolved".
CREATE TABLE delivery_told (
    alert_id   INTEGER NOT NULL,
    channel    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    firing     INTEGER NOT NULL,     -- 1 firing, 0 resolved
    in_digest  INTEGER NOT NULL,     -- 1: told as one of several
    at         INTEGER NOT NULL,
    PRIMARY KEY (alert_id, channel)
);
