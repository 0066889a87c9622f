package planner

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// writes are the statements that PostgreSQL itself refuses in a read-only
// transaction, with 25006; every other unknown statement is 0A000.
var writes = map[string]string{
	"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE",
	"CreateStmt": "CREATE TABLE", "CreateTableAsStmt": "CREATE TABLE AS", "DropStmt": "DROP", "AlterTableStmt": "ALTER TABLE",
	"TruncateStmt": "TRUNCATE TABLE", "IndexStmt": "CREATE INDEX", "ViewStmt": "CREATE VIEW", "CreateSchemaStmt": "CREATE SCHEMA",
	"CreateSeqStmt": "CREATE SEQUENCE", "CreateFunctionStmt": "CREATE FUNCTION", "GrantStmt": "GRANT", "GrantRoleStmt": "GRANT ROLE",
	"CreateRoleStmt": "CREATE ROLE", "AlterRoleStmt": "ALTER ROLE", "DropRoleStmt": "DROP ROLE", "CommentStmt": "COMMENT",
	"RenameStmt": "ALTER … RENAME", "CreateExtensionStmt": "CREATE EXTENSION", "CreatedbStmt": "CREATE DATABASE",
	"DropdbStmt": "DROP DATABASE", "ReindexStmt": "REINDEX", "ClusterStmt": "CLUSTER", "RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW",
}

// refused gives the error for a statement Sluice does not run.
func refused(n *pg_query.Node) error {
	name := nodeName(n)
	if command, ok := writes[name]; ok {
		return ReadOnly(command)
	}
	return sqlstate.Unsupported("%s", commandName(n))
}

// commandName turns a node's name into words: LockStmt is LOCK, CreatePolicyStmt CREATE POLICY.
func commandName(n *pg_query.Node) string {
	name := strings.TrimSuffix(nodeName(n), "Stmt")
	if command, ok := writes[name+"Stmt"]; ok {
		return command
	}
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

func nodeName(n *pg_query.Node) string {
	if n == nil || n.Node == nil {
		return ""
	}
	return strings.TrimPrefix(reflect.TypeOf(n.Node).Elem().Name(), "Node_")
}

func itoa(i int64) string { return strconv.FormatInt(i, 10) }
