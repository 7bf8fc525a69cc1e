/**
 * The numbered steps that bring a database to the form of today. A step that was ever released is
 * never changed; a new form is a new step at the end.
 */

/** One step: SQL that takes the database from version n to n + 1. */
export type Migration = string;

/** Step n (counted from 1) leads to `PRAGMA user_version = n`. */
export const migrations: readonly Migration[] = [
  `
  CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    leaf_id TEXT REFERENCES messages (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
  ) STRICT;
  CREATE INDEX chats_by_update ON chats (updated_at DESC);

  -- Messages form a tree within their chat; "position" keeps the order of writing.
  CREATE TABLE messages (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    chat_id TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    parent_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    attachments TEXT NOT NULL,
    status TEXT NOT NULL,
    model TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_of_chat ON messages (chat_id, position);
  CREATE INDEX messages_by_parent ON messages (parent_id);
  CREATE INDEX messages_unfinished ON messages (json_extract(status, '$.state'))
    WHERE json_extract(status, '$.state') IN ('waiting', 'evaluating', 'streaming');

  CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content = 'messages', content_rowid = 'position',
    tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER message_search_insert AFTER INSERT ON messages BEGIN
    INSERT INTO message_search (rowid, text) VALUES (new.position, new.text);
  END;
  CREATE TRIGGER message_search_update AFTER UPDATE OF text ON messages BEGIN
    INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', old.position, old.text);
    INSERT INTO message_search (rowid, text) VALUES (new.position, new.text);
  END;
  CREATE TRIGGER message_search_delete AFTER DELETE ON messages BEGIN
    INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', old.position, old.text);
  END;

  CREATE TABLE models (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    added_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    sha256 TEXT,
    facts TEXT NOT NULL
  ) STRICT;

  -- The number of threads that measuring found best for a model on a machine.
  CREATE TABLE thread_choices (
    model TEXT NOT NULL,
    machine TEXT NOT NULL,
    threads INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (model, machine)
  ) STRICT;

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- How the record of an answer's experts is read, or why there is none ("absence").
  CREATE TABLE answer_routing (
    message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    absence TEXT,
    layers TEXT,
    expert_count INTEGER,
    used_count INTEGER
  ) STRICT;
  -- The record itself. Each save appends a part: a long one is never written again as a whole.
  CREATE TABLE answer_routing_parts (
    message_id TEXT NOT NULL REFERENCES answer_routing (message_id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    texts TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (message_id, part)
  ) STRICT;
  -- How often a model's experts worked in all answers here, deleted ones too.
  CREATE TABLE expert_counts (
    model TEXT NOT NULL,
    shape TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (model, shape)
  ) STRICT;
  `,
  `
  -- What was measured and seen on a machine; null: not yet.
  CREATE TABLE machines (
    machine TEXT PRIMARY KEY,
    memory_bandwidth REAL,
    gpus INTEGER,
    gpus_looked_at INTEGER
  ) STRICT;

  -- What a person fixed of where a model's parts live.
  CREATE TABLE placement_wishes (
    model TEXT PRIMARY KEY,
    wishes TEXT NOT NULL
  ) STRICT;

  -- The last speed of a model on a machine, and the placement that had it.
  CREATE TABLE measured_speeds (
    model TEXT NOT NULL,
    machine TEXT NOT NULL,
    placement TEXT NOT NULL,
    tokens_per_second REAL NOT NULL,
    measured_at INTEGER NOT NULL,
    PRIMARY KEY (model, machine)
  ) STRICT;
  `,
  `
  -- The first graphics processor, and the bytes a second that it moves; 0: it can't be measured.
  ALTER TABLE machines ADD COLUMN gpu TEXT;
  ALTER TABLE machines ADD COLUMN gpu_bandwidth REAL;
  `,
];
