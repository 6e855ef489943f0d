"""The tables of a ledger in PostgreSQL, what guards them, and the two functions through which everyone writes.

Triggers are written as PostgreSQL itself prints them, so that `ledger verify` can compare them with what is there.
The functions run with their owner's rights, hence the fixed search path and names written whole.
"""

SCHEMA = "trialwright"

TABLES = """
CREATE TABLE trialwright.study (
    id       text PRIMARY KEY,
    next_seq bigint NOT NULL CHECK (next_seq >= 0),
    head     bytea NOT NULL CHECK (length(head) = 32)
);
CREATE TABLE trialwright.entry (
    study  text NOT NULL,
    seq    bigint NOT NULL CHECK (seq >= 0),
    id     text NOT NULL,
    header bytea NOT NULL,
    hash   bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (study, seq),
    UNIQUE (study, id)
);
CREATE TABLE trialwright.payload (
    study text NOT NULL,
    seq   bigint NOT NULL,
    salt  bytea NOT NULL CHECK (length(salt) = 16),
    body  bytea,
    PRIMARY KEY (study, seq)
);
CREATE TABLE trialwright.checkpoint (
    study text NOT NULL,
    size  bigint NOT NULL,
    note  text NOT NULL
);
"""
COLUMNS = {
    "study": "id text!, next_seq bigint!, head bytea!",
    "entry": "study text!, seq bigint!, id text!, header bytea!, hash bytea!",
    "payload": "study text!, seq bigint!, salt bytea!, body bytea",
    "checkpoint": "study text!, size bigint!, note text!",
}
"""What the catalogue says of the tables above; `!` stands for NOT NULL."""
CONSTRAINTS = {
    "study": "CHECK ((length(head) = 32)), CHECK ((next_seq >= 0)), PRIMARY KEY (id)",
    "entry": "CHECK ((length(hash) = 32)), CHECK ((seq >= 0)), PRIMARY KEY (study, seq), UNIQUE (study, id)",
    "payload": "CHECK ((length(salt) = 16)), PRIMARY KEY (study, seq)",
    "checkpoint": "",
}

ARGUMENTS = {
    "take": "(of_study text, after_seq bigint)",
    "append": "(of_study text, seqs bigint[], ids text[], headers bytea[], hashes bytea[], salts bytea[], "
    "bodies bytea[], removes bigint[])",
    "refuse": "()",
    "check_entry": "()",
    "check_removal": "()",
}
RETURNS = {
    "take": "TABLE(next_seq bigint, head bytea, header bytea, hash bytea, body bytea, salt bytea)",
    "append": "void",
}
"""What is not here returns trigger."""
BODIES = {
    # Behind the row alone every waiter wakes at each commit, only to wait for the row's new version; before this lock
    # they stand in line.
    "take": """
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('trialwright ' || of_study, 0));
    PERFORM 1 FROM trialwright.study s WHERE s.id = of_study FOR UPDATE;
    RETURN QUERY
        SELECT s.next_seq, s.head, e.header, e.hash, p.body, p.salt
        FROM trialwright.study s
        LEFT JOIN trialwright.entry e ON e.study = of_study AND e.seq > after_seq
        LEFT JOIN trialwright.payload p ON p.study = of_study AND p.seq = e.seq
        WHERE s.id = of_study ORDER BY e.seq;
END
""",
    "append": """
BEGIN
    PERFORM 1 FROM trialwright.study s WHERE s.id = of_study FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a study is begun by the owner only';
    END IF;
    FOR n IN 1 .. cardinality(seqs) LOOP
        INSERT INTO trialwright.entry VALUES (of_study, seqs[n], ids[n], headers[n], hashes[n]);
        INSERT INTO trialwright.payload VALUES (of_study, seqs[n], salts[n], bodies[n]);
        IF removes[n] IS NOT NULL THEN
            UPDATE trialwright.payload p SET salt = decode(repeat('00', 16), 'hex'), body = NULL
            WHERE p.study = of_study AND p.seq = removes[n];
        END IF;
    END LOOP;
    UPDATE trialwright.study s SET next_seq = seqs[cardinality(seqs)] + 1, head = hashes[cardinality(hashes)]
    WHERE s.id = of_study;
END
""",
    "refuse": """
BEGIN
    RAISE EXCEPTION 'what the ledger''s table % holds is never changed, deleted or emptied', TG_TABLE_NAME;
END
""",
    "check_entry": """
DECLARE
    before bytea := decode(repeat('00', 32), 'hex');
BEGIN
    IF NEW.seq > 0 THEN
        SELECT e.hash INTO before FROM trialwright.entry e WHERE e.study = NEW.study AND e.seq = NEW.seq - 1;
    END IF;
    IF before IS NULL OR EXISTS (SELECT FROM trialwright.entry e WHERE e.study = NEW.study AND e.seq = NEW.seq) THEN
        RAISE EXCEPTION 'an entry is only appended';
    END IF;
    IF sha256('\\x03'::bytea || before || NEW.header) IS DISTINCT FROM NEW.hash THEN
        RAISE EXCEPTION 'the hash of entry % is not that of its header and the entry before', NEW.seq;
    END IF;
    RETURN NEW;
END
""",
    "check_removal": """
BEGIN
    IF NEW.body IS NULL AND NEW.salt = decode(repeat('00', 16), 'hex') AND NEW.study = OLD.study AND NEW.seq = OLD.seq
        AND EXISTS (
            SELECT FROM trialwright.entry reason
            JOIN trialwright.payload content ON content.study = reason.study AND content.seq = reason.seq
            WHERE reason.study = OLD.study
              AND position(convert_to('"kind":"redacted"', 'UTF8') IN reason.header) > 0
              AND position((
                SELECT convert_to('"entry":"' || e.id || '"', 'UTF8') FROM trialwright.entry e
                WHERE e.study = OLD.study AND e.seq = OLD.seq) IN content.body) > 0)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a payload goes only by a redacted entry that names it';
END
""",
}
SETTINGS = {
    # The tail is short and the ledger long: a plan for the average call would read the whole of it.
    "take": ("search_path=pg_catalog, pg_temp", "plan_cache_mode=force_custom_plan"),
}
USUAL_SETTINGS = ("search_path=pg_catalog, pg_temp",)

_NEVER = "BEFORE DELETE ON trialwright.{0} FOR EACH ROW EXECUTE FUNCTION trialwright.refuse()"
_NEVER_AT_ALL = "BEFORE DELETE OR UPDATE ON trialwright.{0} FOR EACH ROW EXECUTE FUNCTION trialwright.refuse()"
_NOT_EMPTIED = "BEFORE TRUNCATE ON trialwright.{0} FOR EACH STATEMENT EXECUTE FUNCTION trialwright.refuse()"
TRIGGERS = {
    name: f"CREATE TRIGGER {name} {text}"
    for name, text in {
        "entry_is_only_appended": "BEFORE INSERT ON trialwright.entry FOR EACH ROW "
        "EXECUTE FUNCTION trialwright.check_entry()",
        "entry_is_never_changed": _NEVER_AT_ALL.format("entry"),
        "entry_is_never_emptied": _NOT_EMPTIED.format("entry"),
        "payload_goes_only_by_a_redacted_entry": "BEFORE UPDATE ON trialwright.payload FOR EACH ROW "
        "EXECUTE FUNCTION trialwright.check_removal()",
        "payload_is_never_deleted": _NEVER.format("payload"),
        "payload_is_never_emptied": _NOT_EMPTIED.format("payload"),
        "study_is_never_deleted": _NEVER.format("study"),
        "study_is_never_emptied": _NOT_EMPTIED.format("study"),
        "checkpoint_is_never_changed": _NEVER_AT_ALL.format("checkpoint"),
        "checkpoint_is_never_emptied": _NOT_EMPTIED.format("checkpoint"),
    }.items()
}


def settings_of(function: str) -> tuple[str, ...]:
    """What a function sets while it runs."""
    return SETTINGS.get(function, USUAL_SETTINGS)


def schema_statements() -> str:
    """Everything that makes an empty schema `trialwright`, which nobody but its owner can enter."""
    parts = [f"CREATE SCHEMA {SCHEMA};", f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC;", TABLES]
    for name, body in BODIES.items():
        sets = " ".join(f"SET {setting.replace('=', ' = ', 1)}" for setting in settings_of(name))
        signature = f"{SCHEMA}.{name}{ARGUMENTS[name]}"
        returns = f"RETURNS {RETURNS.get(name, 'trigger')} LANGUAGE plpgsql SECURITY DEFINER {sets}"
        parts.append(f"CREATE FUNCTION {signature} {returns} AS $body${body}$body$;")
        parts.append(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;")
    return "\n".join([*parts, *(f"{trigger};" for trigger in TRIGGERS.values())])


def grant_statements(role: str) -> str:
    """Reading, and the two functions, for the role of the application; `role` is quoted already."""
    return f"""
GRANT USAGE ON SCHEMA {SCHEMA} TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {role};
GRANT EXECUTE ON FUNCTION {SCHEMA}.take{ARGUMENTS["take"]} TO {role};
GRANT EXECUTE ON FUNCTION {SCHEMA}.append{ARGUMENTS["append"]} TO {role};
"""
