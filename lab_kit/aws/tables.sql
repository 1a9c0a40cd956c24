-- What the local cloud remembers. Times are seconds since 1970, UTC; records are JSON.

CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS resources (
    arn TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    scope TEXT NOT NULL,
    name TEXT,
    status TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    record TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS names ON resources (kind, region, scope, name);
CREATE INDEX IF NOT EXISTS pages ON resources (kind, region, position);

CREATE TABLE IF NOT EXISTS uses (
    user TEXT NOT NULL REFERENCES resources (arn) ON DELETE CASCADE,
    used TEXT NOT NULL,
    PRIMARY KEY (user, used)
) STRICT;
CREATE INDEX IF NOT EXISTS users ON uses (used);

CREATE TABLE IF NOT EXISTS tags (
    arn TEXT NOT NULL REFERENCES resources (arn) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
) STRICT;

CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL,
    due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    progress REAL,
    doing TEXT NOT NULL DEFAULT '',
    reason TEXT,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    pid INTEGER,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS queue ON jobs (state, position);
CREATE INDEX IF NOT EXISTS subjects ON jobs (subject);

CREATE TABLE IF NOT EXISTS object_versions (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    blob TEXT,
    record TEXT NOT NULL,
    PRIMARY KEY (bucket, key, place)
) STRICT;
CREATE INDEX IF NOT EXISTS blobs ON object_versions (blob);

CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    record TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    blob TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (upload, number)
) STRICT;

CREATE TABLE IF NOT EXISTS journal (
    position INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    slot TEXT UNIQUE,
    time REAL NOT NULL,
    request TEXT NOT NULL
) STRICT;
