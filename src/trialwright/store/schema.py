"""The tables of a ledger file and what guards them; the statements an inspector reads to see what the file allows."""

APPLICATION_ID = 0x74776C31  # "twl1": marks an SQLite file as a ledger of this program
USER_VERSION = 1

TABLES = """
CREATE TABLE study (
    id       TEXT PRIMARY KEY,
    next_seq INTEGER NOT NULL,
    head     BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;
CREATE TABLE entry (
    study  TEXT NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 0),
    id     TEXT NOT NULL UNIQUE,
    header BLOB NOT NULL,
    hash   BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (study, seq)
) STRICT;
CREATE TABLE payload (
    study TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    salt  BLOB NOT NULL CHECK (length(salt) = 16),
    body  BLOB,
    PRIMARY KEY (study, seq)
) STRICT;
CREATE TABLE checkpoint (
    study TEXT NOT NULL,
    size  INTEGER NOT NULL,
    note  TEXT NOT NULL
) STRICT;
"""

# Canonical bytes can be searched as they are: inside a text every quotation mark has a backslash before it.
# INSERT OR REPLACE deletes without firing a DELETE trigger, hence the guards before INSERT.
GUARDS = """
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER entry_is_only_appended BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM entry WHERE study = NEW.study)
  OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an entry is only appended, and an id is used once'); END;
CREATE TRIGGER payload_is_never_deleted BEFORE DELETE ON payload
BEGIN SELECT RAISE(ABORT, 'a payload is never deleted'); END;
CREATE TRIGGER payload_is_only_appended BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE study = NEW.study AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a payload is only appended'); END;
CREATE TRIGGER payload_goes_only_by_a_redacted_entry BEFORE UPDATE ON payload
WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT zeroblob(16) OR NEW.study IS NOT OLD.study OR NEW.seq IS NOT OLD.seq
  OR NOT EXISTS (
    SELECT 1 FROM entry AS reason
    JOIN payload AS content ON content.study = reason.study AND content.seq = reason.seq
    WHERE reason.study = OLD.study
      AND instr(reason.header, CAST('"kind":"redacted"' AS BLOB))
      AND instr(content.body, (
        SELECT CAST('"entry":"' || id || '"' AS BLOB) FROM entry WHERE study = OLD.study AND seq = OLD.seq)))
BEGIN SELECT RAISE(ABORT, 'a payload goes only by a redacted entry that names it'); END;
CREATE TRIGGER study_is_never_deleted BEFORE DELETE ON study
BEGIN SELECT RAISE(ABORT, 'a study is never deleted'); END;
CREATE TRIGGER study_is_one BEFORE INSERT ON study
WHEN EXISTS (SELECT 1 FROM study)
BEGIN SELECT RAISE(ABORT, 'one file holds one study'); END;
CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;
"""
