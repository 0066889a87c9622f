package gateway

import (
	"fmt"
	"strconv"
	"strings"
)

// ServerVersion is the PostgreSQL version Sluice presents itself as. The one place.
const ServerVersion = "17.6"

// parameter is one run-time parameter a session knows.
type parameter struct {
	name    string // as PostgreSQL spells it
	initial string
	report  bool // GUC_REPORT: the client is told of changes
	list    bool // SET takes several values
	fixed   bool // set by nobody
	// ofTransaction: belongs to the transaction in progress, which begins with the value
	// of the parameter default_…
	ofTransaction bool
	kind          kind
	description   string
}

// parameters is the table of them, by lower-case name. Those that decide nothing here
// are kept because clients set them on connect.
var parameters = table(
	parameter{name: "application_name", report: true, description: "Sets the application name to be reported in statistics and logs."},
	parameter{name: "block_size", initial: "8192", fixed: true, kind: preset("integer"), description: "Shows the size of a disk block."},
	parameter{name: "bytea_output", initial: "hex", kind: oneOf("escape", "hex"), description: "Sets the output format for bytea."},
	parameter{name: "check_function_bodies", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "client_encoding", initial: "UTF8", report: true, kind: text(clientEncoding), description: "Sets the client's character set encoding."},
	parameter{name: "client_min_messages", initial: "notice", kind: oneOf("debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "notice", "warning", "error"), description: "Sets the message levels that are sent to the client."},
	parameter{name: "constraint_exclusion", initial: "partition", kind: oneOf("partition", "on", "off"), description: "Accepted without effect."},
	parameter{name: "cursor_tuple_fraction", initial: "0.1", kind: realNumber, description: "Sets the planner's estimate of the fraction of a cursor's rows that will be retrieved."},
	parameter{name: "DateStyle", list: true, initial: "ISO, MDY", report: true, kind: text(dateStyle), description: "Sets the display format for date and time values."},
	parameter{name: "default_statistics_target", initial: "100", kind: integer(1, 10000), description: "Accepted without effect."},
	parameter{name: "default_toast_compression", initial: "pglz", kind: oneOf("pglz", "lz4"), description: "Accepted without effect."},
	parameter{name: "default_table_access_method", initial: "heap", fixed: true, description: "Shows the table access method of new tables."},
	parameter{name: "default_tablespace", fixed: true, description: "Shows the tablespace of new tables."},
	parameter{name: "default_text_search_config", initial: "pg_catalog.simple", fixed: true, description: "Shows the text search configuration."},
	parameter{name: "default_transaction_deferrable", initial: "off", kind: onOff, description: "Sets the default deferrable status of new transactions."},
	parameter{name: "default_transaction_isolation", initial: "read committed", kind: isolationLevel, description: "Sets the transaction isolation level of each new transaction."},
	parameter{name: "default_transaction_read_only", initial: "on", report: true, kind: readOnlyMode, description: "Sets the default read-only status of new transactions."},
	parameter{name: "effective_cache_size", initial: "4GB", kind: pages, description: "Accepted without effect."},
	parameter{name: "enable_bitmapscan", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_hashagg", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_hashjoin", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_indexonlyscan", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_indexscan", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_material", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_mergejoin", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_nestloop", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_partitionwise_join", initial: "off", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_seqscan", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_sort", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "enable_tidscan", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "extra_float_digits", initial: "1", kind: integer(-15, 3), description: "Sets the number of digits displayed for floating-point values."},
	parameter{name: "from_collapse_limit", initial: "8", kind: integer(1, 2147483647), description: "Accepted without effect."},
	parameter{name: "geqo", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "idle_in_transaction_session_timeout", initial: "0", kind: duration, description: "Sets the maximum allowed idle time between queries, when in a transaction."},
	parameter{name: "idle_session_timeout", initial: "0", kind: duration, description: "Sets the maximum allowed idle time between queries, when not in a transaction."},
	parameter{name: "in_hot_standby", initial: "off", report: true, fixed: true, kind: preset("bool"), description: "Shows whether hot standby is currently active."},
	parameter{name: "integer_datetimes", initial: "on", report: true, fixed: true, kind: preset("bool"), description: "Shows whether datetimes are integer based."},
	parameter{name: "IntervalStyle", initial: "postgres", report: true, kind: oneOf("postgres", "postgres_verbose", "sql_standard", "iso_8601"), description: "Sets the display format for interval values."},
	parameter{name: "is_superuser", initial: "off", report: true, fixed: true, kind: preset("bool"), description: "Shows whether the current user is a superuser."},
	parameter{name: "jit", initial: "off", kind: onOff, description: "Accepted without effect."},
	parameter{name: "join_collapse_limit", initial: "8", kind: integer(1, 2147483647), description: "Accepted without effect."},
	parameter{name: "lc_collate", initial: "C", fixed: true, description: "Shows the collation order locale."},
	parameter{name: "lc_ctype", initial: "C", fixed: true, description: "Shows the character classification and case conversion locale."},
	parameter{name: "lc_messages", initial: "C", kind: text(onlyC), description: "Sets the language in which messages are displayed."},
	parameter{name: "lc_monetary", initial: "C", kind: text(onlyC), description: "Sets the locale for formatting monetary amounts."},
	parameter{name: "lc_numeric", initial: "C", kind: text(onlyC), description: "Sets the locale for formatting numbers."},
	parameter{name: "lc_time", initial: "C", kind: text(onlyC), description: "Sets the locale for formatting date and time values."},
	parameter{name: "lock_timeout", initial: "0", kind: duration, description: "Accepted without effect."},
	parameter{name: "maintenance_work_mem", initial: "64MB", kind: memorySize, description: "Accepted without effect."},
	parameter{name: "max_connections", initial: "100", fixed: true, kind: preset("integer"), description: "Sets the maximum number of concurrent connections."},
	parameter{name: "max_function_args", initial: "100", fixed: true, kind: preset("integer"), description: "Shows the maximum number of function arguments."},
	parameter{name: "max_identifier_length", initial: "63", fixed: true, kind: preset("integer"), description: "Shows the maximum identifier length."},
	parameter{name: "max_index_keys", initial: "32", fixed: true, kind: preset("integer"), description: "Shows the maximum number of index keys."},
	parameter{name: "max_parallel_workers_per_gather", initial: "0", kind: integer(0, 1024), description: "Accepted without effect."},
	parameter{name: "password_encryption", initial: "scram-sha-256", fixed: true, description: "Shows the algorithm for encrypting passwords."},
	parameter{name: "plan_cache_mode", initial: "auto", kind: oneOf("auto", "force_generic_plan", "force_custom_plan"), description: "Accepted without effect."},
	parameter{name: "quote_all_identifiers", initial: "off", kind: onOff, description: "Accepted without effect."},
	parameter{name: "random_page_cost", initial: "4", kind: realNumber, description: "Accepted without effect."},
	parameter{name: "role", initial: "none", fixed: true, ofTransaction: true, description: "Sets the current role."},
	parameter{name: "row_security", initial: "on", kind: onOff, description: "Accepted without effect: policies always hold."},
	parameter{name: "scram_iterations", initial: "4096", report: true, fixed: true, kind: preset("integer"), description: "Sets the iteration count for SCRAM secret generation."},
	parameter{name: "search_path", list: true, initial: `"$user", public`, report: true, kind: text(searchPath), description: "Sets the schema search order for names that are not schema-qualified."},
	parameter{name: "seq_page_cost", initial: "1", kind: realNumber, description: "Accepted without effect."},
	parameter{name: "server_encoding", initial: "UTF8", report: true, fixed: true, description: "Shows the server (database) character set encoding."},
	parameter{name: "server_version", initial: ServerVersion + " (Sluice)", report: true, fixed: true, description: "Shows the server version."},
	parameter{name: "server_version_num", initial: versionNumber(), fixed: true, kind: preset("integer"), description: "Shows the server version as an integer."},
	parameter{name: "session_authorization", report: true, fixed: true, ofTransaction: true, description: "Shows the session user name."},
	parameter{name: "sluice.disabled_rules", list: true, kind: text(optimizations), description: "Names optimizations to leave out, for finding faults; answers never depend on it."},
	parameter{name: "sluice.purpose", description: "Sets the purpose this session reads data for."},
	parameter{name: "ssl", initial: "off", fixed: true, kind: preset("bool"), description: "Shows whether this connection is encrypted."},
	parameter{name: "standard_conforming_strings", initial: "on", report: true, kind: alwaysOnMode, description: "Causes '...' strings to treat backslashes literally."},
	parameter{name: "statement_timeout", initial: "0", kind: duration, description: "Sets the maximum allowed duration of any statement, in milliseconds."},
	parameter{name: "synchronize_seqscans", initial: "on", kind: onOff, description: "Accepted without effect."},
	parameter{name: "synchronous_commit", initial: "on", kind: oneOf("local", "remote_write", "remote_apply", "on", "off"), description: "Accepted without effect."},
	parameter{name: "temp_tablespaces", list: true, initial: "", description: "Accepted without effect."},
	parameter{name: "TimeZone", initial: "UTC", report: true, kind: text(timeZone), description: "Sets the time zone for displaying and interpreting time stamps."},
	parameter{name: "timezone_abbreviations", initial: "Default", kind: text(onlyDefault), description: "Selects a file of time zone abbreviations."},
	parameter{name: "transaction_deferrable", initial: "off", ofTransaction: true, kind: onOff, description: "Sets the current transaction's deferrable status."},
	parameter{name: "transaction_isolation", initial: "read committed", ofTransaction: true, kind: isolationLevel, description: "Sets the current transaction's isolation level."},
	parameter{name: "transaction_read_only", initial: "on", ofTransaction: true, kind: readOnlyMode, description: "Sets the current transaction's read-only status."},
	parameter{name: "transaction_timeout", initial: "0", kind: duration, description: "Sets the maximum allowed duration of any transaction within a session (not a prepared transaction)."},
	parameter{name: "work_mem", initial: "4MB", kind: memorySize, description: "Accepted without effect."},
	parameter{name: "xmloption", initial: "content", kind: oneOf("content", "document"), description: "Accepted without effect."},
)

func table(all ...parameter) map[string]parameter {
	byName := make(map[string]parameter, len(all))
	for _, p := range all {
		byName[strings.ToLower(p.name)] = p
	}
	return byName
}

// versionNumber is server_version_num: 17.6 is 170006.
func versionNumber() string {
	major, minor, _ := strings.Cut(ServerVersion, ".")
	n, _ := strconv.Atoi(minor)
	return fmt.Sprintf("%s%04d", major, n)
}
