package catalog

// System is the kind of the source that holds pg_catalog and information_schema. Like
// Temporary it is a session's own: its rows are made for one principal.
const System Kind = "system"
