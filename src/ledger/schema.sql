-- The ledger, version 3. Instants are microseconds since 1970 UTC. A later version adds a migration in migrate.c.

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
    version        INTEGER NOT NULL DEFAULT 1, -- counts every change: who decides names the version that he saw
    language       TEXT,              -- of letters about it (zh, en, both); NULL: by setting
    assignee       INTEGER REFERENCES users (id),
    rank           INTEGER NOT NULL DEFAULT 0, -- instant by which somebody has to begin with it (listing.h)
    organisation   TEXT,              -- the first that its documents name
    completed      INTEGER,           -- when nothing was missing for the first time
    merged_into    INTEGER REFERENCES entries (id), -- the entry that its papers are in now
    UNIQUE (year, number)
);
-- The orders and tabs of the queue; listing.c names each for its query. entries_rank holds what is looked through for parts of texts,
-- so that a walk through all entries reads it alone.
CREATE INDEX entries_received ON entries (received);
CREATE INDEX entries_number ON entries (year * 1000000000 + number);
CREATE INDEX entries_rank ON entries (rank, state, attention, sender_name, sender_address, organisation, reference, subject);
CREATE INDEX entries_state ON entries (state, rank);
CREATE INDEX entries_open ON entries (rank) WHERE state IN ('review', 'waiting', 'complete') OR attention IS NOT NULL;
CREATE INDEX entries_attention ON entries (rank) WHERE attention IS NOT NULL;

-- The addresses that belong to an entry: only they may add to it or be told of it.
CREATE TABLE entry_addresses (
    entry   INTEGER NOT NULL REFERENCES entries (id),
    address TEXT NOT NULL,
    PRIMARY KEY (entry, address)
) WITHOUT ROWID;
CREATE INDEX entry_addresses_address ON entry_addresses (address);

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
    about      TEXT,             -- key of the person, meeting or proposal, equal for equal subjects
    UNIQUE (message, path, segment)
);
CREATE INDEX documents_entry ON documents (entry);
CREATE INDEX documents_sha256 ON documents (sha256);
CREATE INDEX documents_kind ON documents (kind, entry);
CREATE INDEX documents_about ON documents (about, kind) WHERE about IS NOT NULL;

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
CREATE INDEX fields_meeting ON fields (shown) WHERE id = 'meeting';

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
CREATE INDEX findings_rule ON findings (rule, entry);
CREATE INDEX findings_severity ON findings (severity, entry);

-- What a person set right: what was read stays beside it, for learning and for the figures of accuracy.
CREATE TABLE corrections (
    id         INTEGER PRIMARY KEY,
    document   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,  -- 'kind' for the kind of the document, whose ids then follow
    was        TEXT,           -- JSON as in fields.value; NULL: nothing had been read
    became     TEXT,           -- NULL: there is no value
    confidence REAL,           -- of what had been read
    actor      TEXT NOT NULL,
    at         INTEGER NOT NULL
);
CREATE INDEX corrections_document ON corrections (document);

-- The registry of experts: imported, accepted applicants, or entered by hand.
CREATE TABLE parties (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    name_latin     TEXT,
    key            TEXT,              -- of the name, and of the Latin one, for comparing
    key_latin      TEXT,
    organisation   TEXT,
    title          TEXT,
    phone          TEXT,
    address        TEXT UNIQUE,       -- mail address, lower case
    contact        TEXT,              -- mail address of the employer's contact, for escalation
    working_groups TEXT,              -- "WG1 WG4"
    language       TEXT,              -- of letters: zh, en, both; NULL: by setting
    origin         TEXT NOT NULL DEFAULT 'hand' CHECK (origin IN ('imported', 'accepted', 'hand')),
    state          TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'withdrawn')),
    document       INTEGER REFERENCES documents (id), -- the application that was accepted
    since          INTEGER NOT NULL,
    until          INTEGER
);
CREATE INDEX parties_key ON parties (key);
CREATE INDEX parties_key_latin ON parties (key_latin);

-- A proposal and its parts across mails.
CREATE TABLE proposals (
    id           INTEGER PRIMARY KEY,
    title        TEXT NOT NULL,
    organisation TEXT,
    leader       TEXT,
    state        TEXT NOT NULL,  -- open, closed
    key_zh       TEXT,           -- of the titles, for comparing
    key_en       TEXT
);
CREATE INDEX proposals_zh ON proposals (key_zh);
CREATE INDEX proposals_en ON proposals (key_en);
CREATE TABLE proposal_parts (
    proposal INTEGER NOT NULL REFERENCES proposals (id),
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (proposal, document)
) WITHOUT ROWID;
CREATE INDEX proposal_parts_document ON proposal_parts (document);

-- The calendar (iCalendar, RFC 5545): meetings, ballots, days off and days worked instead (调休).
CREATE TABLE meetings (
    id        INTEGER PRIMARY KEY,
    uid       TEXT NOT NULL UNIQUE, -- of the iCalendar event
    name      TEXT NOT NULL,
    key       TEXT NOT NULL,        -- of the name, for comparing
    place     TEXT,
    first_day TEXT NOT NULL,        -- YYYY-MM-DD where it is held
    last_day  TEXT NOT NULL,
    starts    INTEGER NOT NULL,     -- instants
    ends      INTEGER NOT NULL,
    groups    TEXT,                 -- "WG1 WG4"
    host      TEXT,                 -- organisation that hosts it here (Art. 28); NULL: held elsewhere
    contact   TEXT,                 -- mail address of the host
    state     TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'cancelled'))
);
CREATE INDEX meetings_key ON meetings (key);
CREATE TABLE participants (
    meeting  INTEGER NOT NULL REFERENCES meetings (id),
    party    INTEGER NOT NULL REFERENCES parties (id),
    document INTEGER REFERENCES documents (id), -- the registration that was accepted
    state    TEXT NOT NULL CHECK (state IN ('registered', 'attended', 'absent', 'excused')),
    since    INTEGER NOT NULL,
    PRIMARY KEY (meeting, party)
) WITHOUT ROWID;
CREATE INDEX participants_party ON participants (party);
CREATE TABLE ballots (
    id       INTEGER PRIMARY KEY,
    uid      TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,  -- "ISO/IEC CD 27090"
    key      TEXT NOT NULL,  -- of the document's number, for comparing
    title    TEXT,
    groups   TEXT,
    opens    INTEGER,
    closes   INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'cancelled'))
);
CREATE INDEX ballots_key ON ballots (key);
CREATE TABLE days (
    day  TEXT PRIMARY KEY,   -- YYYY-MM-DD
    kind TEXT NOT NULL CHECK (kind IN ('off', 'work')),
    name TEXT NOT NULL
);

-- Who owes what by when, and why.
CREATE TABLE duties (
    id       INTEGER PRIMARY KEY,
    key      TEXT NOT NULL UNIQUE, -- what it follows from, so that it follows once: "meeting-summary/meeting 3/party 12"
    origin   TEXT NOT NULL CHECK (origin IN ('meeting', 'hosting', 'ballot', 'finding', 'year', 'absence', 'bounce', 'hand')),
    what     TEXT NOT NULL,        -- the kind of document that is owed; 'completion', 'reach', 'warning' or 'other'
    party    INTEGER REFERENCES parties (id), -- who owes it; neither party nor address: the secretariat
    name     TEXT,
    address  TEXT,
    entry    INTEGER REFERENCES entries (id),
    meeting  INTEGER REFERENCES meetings (id),
    ballot   INTEGER REFERENCES ballots (id),
    document INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- that claims or meets it
    article  TEXT,                 -- of the regulation: "25"; NULL: none names it
    why_zh   TEXT NOT NULL,
    why_en   TEXT NOT NULL,
    due      INTEGER,              -- instant; NULL: none
    state    TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'met', 'waived')),
    held     INTEGER NOT NULL DEFAULT 0, -- a person holds its reminders back
    claimed  INTEGER,
    settled  INTEGER,              -- when met or waived
    reason   TEXT,                 -- why waived or held
    created  INTEGER NOT NULL
);
CREATE INDEX duties_entry ON duties (entry);
CREATE INDEX duties_party ON duties (party);
CREATE INDEX duties_document ON duties (document) WHERE document IS NOT NULL;
CREATE INDEX duties_what ON duties (what) WHERE state IN ('open', 'claimed');
CREATE INDEX duties_open ON duties (due) WHERE state IN ('open', 'claimed');
-- A reminder that went out, or was passed over for a reason: each occurrence once.
CREATE TABLE reminders (
    duty       INTEGER NOT NULL REFERENCES duties (id),
    occurrence TEXT NOT NULL,      -- "before 7", "due", "after 3", "escalation"
    planned    INTEGER NOT NULL,   -- instant of the plan
    done       INTEGER NOT NULL,
    letter     INTEGER REFERENCES letters (id), -- NULL: passed over
    why        TEXT,               -- why passed over
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
    answer       TEXT,
    duty         INTEGER REFERENCES duties (id), -- that it reminds of
    released_by  TEXT                            -- who let it go when it was held
);
CREATE UNIQUE INDEX letters_acknowledgement ON letters (message) WHERE kind = 'acknowledgement' AND message IS NOT NULL;
CREATE INDEX letters_due ON letters (next_try, id) WHERE state IN ('queued', 'sending');
CREATE INDEX letters_recipient ON letters (recipient, created);
CREATE INDEX letters_created ON letters (created);
CREATE INDEX letters_entry ON letters (entry, created);
CREATE INDEX letters_state ON letters (state, id);

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

-- Everything read, for searching: one row a document and one a message (subject, sender).
CREATE TABLE texts (
    id       INTEGER PRIMARY KEY,
    message  INTEGER NOT NULL REFERENCES messages (id),
    document INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    head     TEXT NOT NULL,     -- subject, sender, file name, short values: hits here come first
    body     TEXT NOT NULL
);
CREATE INDEX texts_document ON texts (document);
CREATE INDEX texts_message ON texts (message);
-- rowid = texts.id; words are pairs of Chinese characters and whole words of other text (words.c), folded by us, so that the
-- tokenizer has blanks to cut at and nothing else. Contentless: the text stands above, and a row is taken out by giving its words again.
CREATE VIRTUAL TABLE search USING fts5 (head, body, content = '', tokenize = 'ascii');

-- The desk.
CREATE TABLE users (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    shown    TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('reader', 'clerk', 'reviewer', 'administrator')),
    password TEXT,              -- Argon2id, libsodium's string; NULL: by the reverse proxy only
    created  INTEGER NOT NULL,
    disabled INTEGER            -- since when
);
CREATE TABLE sessions (
    token   BLOB PRIMARY KEY,   -- SHA-256 of what the browser holds
    user    INTEGER NOT NULL REFERENCES users (id),
    csrf    TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE views (
    id    INTEGER PRIMARY KEY,
    user  INTEGER NOT NULL REFERENCES users (id),
    name  TEXT NOT NULL,
    query TEXT NOT NULL,        -- of the queue's URL
    UNIQUE (user, name)
);

-- What is wrong with the system itself, told once when it begins and once when it is over.
CREATE TABLE alarms (
    name  TEXT PRIMARY KEY,     -- "fetch work", "disk"
    since INTEGER NOT NULL,
    said  INTEGER,              -- when it was told; NULL: not yet
    over  INTEGER,              -- when it ended; its end is not yet told
    text  TEXT NOT NULL
);

-- Single values that stages keep: "clock.ran", "digest.sent", "setup.token".
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
