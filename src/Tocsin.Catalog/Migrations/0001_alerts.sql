-- Times are Unix milliseconds. JSON columns hold what is only ever read as a whole.

CREATE TABLE alerts (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  key             TEXT    NOT NULL,
  type            TEXT    NOT NULL,
  title           TEXT    NOT NULL,
  message         TEXT    NOT NULL,
  priority        INTEGER NOT NULL,          -- 1 low, 2 medium, 3 high, 4 critical
  category        INTEGER NOT NULL,          -- AlertCategory
  resource        TEXT    NOT NULL,
  service         TEXT,                      -- labels.service, for filtering
  condition       INTEGER NOT NULL,          -- AlertCondition: 0 pending, 1 firing, 2 resolved, 3 expired, 4 unknown
  starts_at       INTEGER NOT NULL,
  last_seen_at    INTEGER NOT NULL,
  ends_at         INTEGER,
  expires_at      INTEGER,
  -- What people decided. Occurrences never write these. They stand before the long columns, where a scan finds them cheaply.
  acknowledged_at  INTEGER,
  acknowledged_by  TEXT,
  suppressed_until INTEGER,                  -- the sweep empties it when it has passed
  count           INTEGER NOT NULL,
  affected_users  INTEGER,
  reopened        INTEGER NOT NULL,
  crash_group_id  INTEGER,
  crash_id        TEXT,
  runbook_url     TEXT,
  diagnosis       TEXT,                      -- JSON
  recommendations TEXT    NOT NULL,          -- JSON array
  metadata        TEXT    NOT NULL,          -- JSON object
  labels          TEXT    NOT NULL,          -- JSON object
  annotations     TEXT    NOT NULL,          -- JSON object
  related_logs    TEXT    NOT NULL           -- JSON array
);

-- At most one open alert per key, whatever the code does.
CREATE UNIQUE INDEX alerts_open_key ON alerts (key) WHERE condition IN (0, 1, 4);
-- Holds all that a state is computed from, so that counting states reads no rows.
CREATE INDEX alerts_by_state
  ON alerts (condition, suppressed_until, acknowledged_at, expires_at, priority, service, resource);
CREATE INDEX alerts_by_start ON alerts (starts_at, type, condition, ends_at);
CREATE INDEX alerts_by_key ON alerts (key, id);
CREATE INDEX alerts_by_last_seen ON alerts (last_seen_at, id);
CREATE INDEX alerts_expiring ON alerts (expires_at) WHERE expires_at IS NOT NULL AND condition IN (0, 1, 4);
CREATE INDEX alerts_suppressed ON alerts (suppressed_until) WHERE suppressed_until IS NOT NULL AND condition IN (0, 1, 4);
CREATE INDEX alerts_ended ON alerts (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX alerts_of_crash_group ON alerts (crash_group_id) WHERE crash_group_id IS NOT NULL;

CREATE TABLE alert_history (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  time     INTEGER NOT NULL,
  action   TEXT    NOT NULL,                 -- AlertTransition.Action
  by       TEXT    NOT NULL,
  notes    TEXT,
  occurrences INTEGER NOT NULL DEFAULT 0     -- how many occurrences this entry stands for; repeats share one entry
);

CREATE INDEX alert_history_of_alert ON alert_history (alert_id, id);
