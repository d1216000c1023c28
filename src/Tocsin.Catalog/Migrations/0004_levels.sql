-- Times are Unix milliseconds.

-- Log levels that applications are to take, while they hold.
CREATE TABLE log_levels (
  service     TEXT    NOT NULL,
  environment TEXT    NOT NULL COLLATE NOCASE,   -- '' for every environment
  category    TEXT    NOT NULL COLLATE NOCASE,   -- beginning of the names of loggers; 'Default' for all of them
  level       TEXT    NOT NULL,                  -- Trace, Debug, Information, Warning, Error, Critical, None
  set_at      INTEGER NOT NULL,
  set_by      TEXT    NOT NULL,
  notes       TEXT,
  expires_at  INTEGER,                           -- null: until it is cleared
  PRIMARY KEY (service, environment, category)
) WITHOUT ROWID;

-- Who set and cleared them; the newest thousand.
CREATE TABLE log_level_changes (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  time        INTEGER NOT NULL,
  action      TEXT    NOT NULL,                  -- set, cleared
  service     TEXT    NOT NULL,
  environment TEXT    NOT NULL,
  category    TEXT    NOT NULL,
  level       TEXT    NOT NULL,
  by          TEXT    NOT NULL,
  notes       TEXT,
  expires_at  INTEGER
);
