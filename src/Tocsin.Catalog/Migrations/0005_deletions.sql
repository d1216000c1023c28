-- Who deleted which records by condition, and what became of it. Never cleaned: it is the proof.
CREATE TABLE deletions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  asked_at    INTEGER NOT NULL,                  -- Unix milliseconds
  by          TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  dataset     TEXT    NOT NULL,                  -- logs, spans
  query       TEXT    NOT NULL,
  from_nanos  INTEGER,                           -- inclusive; null: no bound
  to_nanos    INTEGER,                           -- exclusive; null: no bound
  state       TEXT    NOT NULL,                  -- asked, hidden, erased, failed
  tombstone   INTEGER,                           -- of the event store
  rows        INTEGER,                           -- how many were hidden
  changed_at  INTEGER NOT NULL,                  -- when the state was reached
  problem     TEXT
);
