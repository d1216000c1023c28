-- Times are Unix milliseconds. JSON columns hold what is only ever read as a whole.

-- Crashes that are the same trouble.
CREATE TABLE crash_groups (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  fingerprint   TEXT    NOT NULL UNIQUE,     -- algorithm and hash
  reason        TEXT    NOT NULL,            -- which grouping rule decided
  parts         TEXT    NOT NULL,            -- JSON array: what went into the hash
  title         TEXT    NOT NULL,
  type          TEXT    NOT NULL,
  message       TEXT    NOT NULL,
  culprit       TEXT,
  class         TEXT    NOT NULL,
  family        TEXT,
  severity      INTEGER NOT NULL,            -- 1 low, 2 medium, 3 high, 4 critical
  state         TEXT    NOT NULL,            -- new, ongoing, regressed, resolved, ignored
  state_at      INTEGER NOT NULL,
  state_by      TEXT,
  state_notes   TEXT,
  service       TEXT    NOT NULL,
  first_seen    INTEGER NOT NULL,
  last_seen     INTEGER NOT NULL,
  count         INTEGER NOT NULL,
  kept          INTEGER NOT NULL,            -- how many of them have a row in crash_records
  users         INTEGER NOT NULL,
  hosts         INTEGER NOT NULL,
  releases      INTEGER NOT NULL,
  diagnosis     TEXT,                        -- JSON
  alert_key     TEXT,
  alert_id      INTEGER,
  -- How far it had spread when somebody was told last; see TurningPoints.
  told_users    INTEGER NOT NULL DEFAULT 0,
  told_hosts    INTEGER NOT NULL DEFAULT 0,
  told_releases INTEGER NOT NULL DEFAULT 0,
  told_spike_at INTEGER,
  merged_into   INTEGER                      -- its crashes turned out to belong to this group; hidden from lists
);
CREATE INDEX crash_groups_by_last_seen ON crash_groups (last_seen, id);
CREATE INDEX crash_groups_of_service ON crash_groups (service, last_seen);

-- The first and the last crashes of each group, whole.
CREATE TABLE crash_records (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,   -- order of arrival
  crash_id    TEXT    NOT NULL UNIQUE,
  group_id    INTEGER NOT NULL REFERENCES crash_groups (id) ON DELETE CASCADE,
  time        INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  class       TEXT    NOT NULL,
  source      TEXT    NOT NULL,
  service     TEXT    NOT NULL,
  host        TEXT,
  pid         INTEGER,
  run_id      TEXT,
  release     TEXT,
  record      TEXT    NOT NULL                     -- JSON, docs/formats/crash-record.md
);
CREATE INDEX crash_records_of_group ON crash_records (group_id, number);
CREATE INDEX crash_records_of_run ON crash_records (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX crash_records_of_process ON crash_records (host, pid, time) WHERE pid IS NOT NULL;
CREATE INDEX crash_records_of_service ON crash_records (service, host, time);
CREATE INDEX crash_records_by_time ON crash_records (time);

-- Every id that ever arrived: a second report under the same id is a duplicate, even when its record was merged or let go.
CREATE TABLE crash_ids (
  crash_id    TEXT PRIMARY KEY,
  kept_as     TEXT    NOT NULL,                    -- id of the record that carries it
  group_id    INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX crash_ids_by_age ON crash_ids (received_at);
CREATE INDEX crash_ids_of_group ON crash_ids (group_id);

-- Crashes per group and five minutes; slot = time / 300000.
CREATE TABLE crash_counts (
  group_id INTEGER NOT NULL REFERENCES crash_groups (id) ON DELETE CASCADE,
  slot     INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (group_id, slot)
) WITHOUT ROWID;
CREATE INDEX crash_counts_by_slot ON crash_counts (slot);

-- Who and what a group has touched. kind 1: user (hashed), 2: host, 3: release.
CREATE TABLE crash_spread (
  group_id   INTEGER NOT NULL REFERENCES crash_groups (id) ON DELETE CASCADE,
  kind       INTEGER NOT NULL,
  value      TEXT    NOT NULL,
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (group_id, kind, value)
) WITHOUT ROWID;
