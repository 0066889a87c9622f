package catalog

// AuditLog is the kind of the source behind mesh.audit. Like System it is a session's
// own: its rows are those records that one principal may see.
const AuditLog Kind = "audit"
