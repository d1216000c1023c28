-- Questions that people have kept, by name.
CREATE TABLE views (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL COLLATE NOCASE UNIQUE,
  query      TEXT    NOT NULL,                  -- filter and pipes; '' for every record
  range_from TEXT,                              -- as asked for: -24h, now, ISO 8601, epoch milliseconds; null: as the reader has it
  range_to   TEXT,
  columns    TEXT    NOT NULL,                  -- JSON array of names of fields
  display    TEXT,                              -- how the answer is shown; null: as it is usual
  created_by TEXT,
  updated_at INTEGER NOT NULL                   -- Unix milliseconds
);
