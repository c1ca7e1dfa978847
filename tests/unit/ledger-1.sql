-- The ledger, version 1. Instants are microseconds since 1970 UTC. A later version adds a migration in migrate.c.

-- How far each segment is indexed: frames below `indexed` are arrivals.
CREATE TABLE segments (
    number  INTEGER PRIMARY KEY,
    indexed INTEGER NOT NULL
);

-- One row for each different message (by its bytes).
CREATE TABLE messages (
    id             INTEGER PRIMARY KEY,
    sha256         BLOB NOT NULL UNIQUE,
    bytes          INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('new', 'done', 'quarantined', 'erased')),
    attempts       INTEGER NOT NULL DEFAULT 0,
    reason         TEXT,              -- why quarantined
    received       INTEGER NOT NULL,  -- when the server had it
    flags          INTEGER NOT NULL,  -- FRAME_… of the first arrival
    route          TEXT,
    message_id     TEXT,
    sender_name    TEXT,
    sender_address TEXT,
    subject        TEXT,
    date           TEXT,
    auth           TEXT,
    in_reply_to    TEXT,
    attachments    BLOB,              -- hash over the hashes of its attachments
    stranger       INTEGER NOT NULL DEFAULT 0, -- a reply from somebody who does not belong to the entry
    entry          INTEGER REFERENCES entries (id)
);
CREATE INDEX messages_message_id ON messages (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX messages_new ON messages (id) WHERE state = 'new';
CREATE INDEX messages_quarantined ON messages (id) WHERE state = 'quarantined';
CREATE INDEX messages_entry ON messages (entry);

-- Every frame: the same message may arrive often.
CREATE TABLE arrivals (
    id            INTEGER PRIMARY KEY,
    message       INTEGER NOT NULL REFERENCES messages (id),
    segment       INTEGER NOT NULL,
    "offset"      INTEGER NOT NULL,
    source        TEXT NOT NULL,
    uidvalidity   INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    internal_date INTEGER NOT NULL,
    flags         INTEGER NOT NULL,
    marked        INTEGER NOT NULL DEFAULT 0, -- the server was told after commit
    UNIQUE (segment, "offset")
);
CREATE INDEX arrivals_message ON arrivals (message);
CREATE INDEX arrivals_unmarked ON arrivals (source) WHERE marked = 0;
CREATE INDEX arrivals_uid ON arrivals (source, uidvalidity, uid);

-- Numbers are never used twice, whatever happens to their entries.
CREATE TABLE numbers (
    year INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
);

CREATE TABLE entries (
    id             INTEGER PRIMARY KEY,
    year           INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    reference      TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL CHECK (state IN ('review', 'waiting', 'complete', 'accepted', 'rejected', 'closed')),
    attention      TEXT,              -- why a person must look although the state does not say so
    sender_name    TEXT,
    sender_address TEXT,
    subject        TEXT,
    received       INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    due            INTEGER,
    version        INTEGER NOT NULL DEFAULT 1,
    UNIQUE (year, number)
);
CREATE INDEX entries_state ON entries (state, due, id);

-- The addresses that belong to an entry: only they may add to it or be told of it.
CREATE TABLE entry_addresses (
    entry   INTEGER NOT NULL REFERENCES entries (id),
    address TEXT NOT NULL,
    PRIMARY KEY (entry, address)
) WITHOUT ROWID;

CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,
    entry      INTEGER NOT NULL REFERENCES entries (id),
    message    INTEGER NOT NULL REFERENCES messages (id),
    path       TEXT NOT NULL,
    segment    INTEGER NOT NULL DEFAULT 0,
    filename   TEXT,
    sha256     TEXT,
    bytes      INTEGER NOT NULL,
    mime       TEXT,
    status     TEXT NOT NULL,
    reader     TEXT,
    pages      INTEGER,
    kind       TEXT NOT NULL,
    guess      TEXT,
    confidence REAL NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('review', 'waiting', 'complete', 'accepted', 'rejected', 'closed')),
    version    INTEGER NOT NULL DEFAULT 1,
    supersedes INTEGER REFERENCES documents (id),
    UNIQUE (message, path, segment)
);
CREATE INDEX documents_entry ON documents (entry);
CREATE INDEX documents_sha256 ON documents (sha256);

CREATE TABLE fields (
    document     INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    id           TEXT NOT NULL,
    value        TEXT NOT NULL,      -- JSON
    shown        TEXT NOT NULL,
    confidence   REAL NOT NULL,
    place        TEXT,
    box          TEXT,               -- "page x0 y0 x1 y1"
    origin       TEXT NOT NULL DEFAULT 'read' CHECK (origin IN ('read', 'person')),
    corrected_by TEXT,
    corrected    INTEGER,
    PRIMARY KEY (document, id)
) WITHOUT ROWID;

CREATE TABLE findings (
    id       INTEGER PRIMARY KEY,
    entry    INTEGER NOT NULL REFERENCES entries (id),
    message  INTEGER REFERENCES messages (id),
    document INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    rule     TEXT NOT NULL,
    severity TEXT NOT NULL,
    field    TEXT,
    zh       TEXT NOT NULL,
    en       TEXT NOT NULL
);
CREATE INDEX findings_entry ON findings (entry);
CREATE INDEX findings_document ON findings (document);

-- Registered experts and accepted applicants.
CREATE TABLE parties (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    organisation TEXT,
    address      TEXT UNIQUE,
    since        INTEGER NOT NULL
);

-- A proposal and its parts across mails.
CREATE TABLE proposals (
    id           INTEGER PRIMARY KEY,
    title        TEXT NOT NULL,
    organisation TEXT,
    leader       TEXT,
    state        TEXT NOT NULL
);
CREATE TABLE proposal_parts (
    proposal INTEGER NOT NULL REFERENCES proposals (id),
    document INTEGER NOT NULL REFERENCES documents (id),
    PRIMARY KEY (proposal, document)
) WITHOUT ROWID;

CREATE TABLE meetings (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    place  TEXT,
    starts INTEGER NOT NULL,
    ends   INTEGER NOT NULL
);
CREATE TABLE ballots (
    id       INTEGER PRIMARY KEY,
    document TEXT NOT NULL,
    closes   INTEGER NOT NULL
);

-- Who owes what by when, and why.
CREATE TABLE duties (
    id      INTEGER PRIMARY KEY,
    entry   INTEGER REFERENCES entries (id),
    address TEXT,
    kind    TEXT NOT NULL,
    why     TEXT NOT NULL,
    due     INTEGER,
    state   TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'met', 'waived')),
    created INTEGER NOT NULL
);
CREATE INDEX duties_entry ON duties (entry);
CREATE TABLE reminders (
    duty       INTEGER NOT NULL REFERENCES duties (id),
    occurrence INTEGER NOT NULL,
    letter     INTEGER REFERENCES letters (id),
    PRIMARY KEY (duty, occurrence)
) WITHOUT ROWID;

CREATE TABLE letters (
    id           INTEGER PRIMARY KEY,
    entry        INTEGER REFERENCES entries (id),
    message      INTEGER REFERENCES messages (id), -- that it answers
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'sent', 'failed', 'bounced')),
    recipient    TEXT NOT NULL,
    message_id   TEXT NOT NULL UNIQUE,
    subject      TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    reason       TEXT,
    attempts     INTEGER NOT NULL DEFAULT 0,
    created      INTEGER NOT NULL,
    next_try     INTEGER NOT NULL,
    sent_segment INTEGER NOT NULL DEFAULT 0,
    sent_offset  INTEGER NOT NULL DEFAULT 0,
    sent         INTEGER,
    answer       TEXT
);
CREATE UNIQUE INDEX letters_acknowledgement ON letters (message) WHERE kind = 'acknowledgement' AND message IS NOT NULL;
CREATE INDEX letters_due ON letters (next_try, id) WHERE state IN ('queued', 'sending');
CREATE INDEX letters_recipient ON letters (recipient, created);
CREATE INDEX letters_created ON letters (created);
CREATE INDEX letters_entry ON letters (entry, created);

-- What happened, append-only: hash = SHA-256 (previous hash, id, verb, actor, time, payload hash);
-- payload hash = SHA-256 (salt, payload). Erasure empties the payload and its salt, and the chain still holds.
CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    verb         TEXT NOT NULL,
    entry        INTEGER,
    payload_hash BLOB NOT NULL,
    hash         BLOB NOT NULL
);
CREATE INDEX events_entry ON events (entry) WHERE entry IS NOT NULL;
CREATE TABLE event_payloads (
    event   INTEGER PRIMARY KEY REFERENCES events (id),
    salt    BLOB,
    payload TEXT
);
