package gateway

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// ServerVersion is the PostgreSQL version Sluice presents itself as. The one place.
const ServerVersion = "17.6"

// parameter is one run-time parameter a session knows.
type parameter struct {
	name        string // as PostgreSQL spells it
	initial     string
	report      bool // GUC_REPORT: the client is told of changes
	fixed       bool
	check       func(p parameter, value string) (string, error)
	description string
}

// parameters is the table of them, by lower-case name. Those that decide nothing here
// are kept because clients set them on connect.
var parameters = table(
	parameter{name: "application_name", report: true, description: "Sets the application name to be reported in statistics and logs."},
	parameter{name: "bytea_output", initial: "hex", check: oneOf("hex", "escape"), description: "Sets the output format for bytea."},
	parameter{name: "client_encoding", initial: "UTF8", report: true, check: utf8Only, description: "Sets the client's character set encoding."},
	parameter{name: "client_min_messages", initial: "notice", check: oneOf("debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "notice", "warning", "error"), description: "Sets the message levels that are sent to the client."},
	parameter{name: "cursor_tuple_fraction", initial: "0.1", check: float, description: "Sets the planner's estimate of the fraction of a cursor's rows that will be retrieved."},
	parameter{name: "DateStyle", initial: "ISO, MDY", report: true, check: dateStyle, description: "Sets the display format for date and time values."},
	parameter{name: "default_transaction_deferrable", initial: "off", check: boolean, description: "Sets the default deferrable status of new transactions."},
	parameter{name: "default_transaction_isolation", initial: "read committed", check: isolation, description: "Sets the transaction isolation level of each new transaction."},
	parameter{name: "default_transaction_read_only", initial: "on", report: true, check: readOnly, description: "Sets the default read-only status of new transactions."},
	parameter{name: "enable_seqscan", initial: "on", check: boolean, description: "Accepted without effect."},
	parameter{name: "extra_float_digits", initial: "1", check: integer(-15, 3), description: "Sets the number of digits displayed for floating-point values."},
	parameter{name: "geqo", initial: "on", check: boolean, description: "Accepted without effect."},
	parameter{name: "idle_in_transaction_session_timeout", initial: "0", check: duration, description: "Accepted without effect."},
	parameter{name: "in_hot_standby", initial: "off", report: true, fixed: true, description: "Shows whether hot standby is currently active."},
	parameter{name: "integer_datetimes", initial: "on", report: true, fixed: true, description: "Shows whether datetimes are integer based."},
	parameter{name: "IntervalStyle", initial: "postgres", report: true, check: oneOf("postgres", "postgres_verbose", "sql_standard", "iso_8601"), description: "Sets the display format for interval values."},
	parameter{name: "is_superuser", initial: "off", report: true, fixed: true, description: "Shows whether the current user is a superuser."},
	parameter{name: "jit", initial: "off", check: boolean, description: "Accepted without effect."},
	parameter{name: "lc_messages", initial: "C", description: "Sets the language in which messages are displayed."},
	parameter{name: "lc_monetary", initial: "C", fixed: true, description: "Sets the locale for formatting monetary amounts."},
	parameter{name: "lc_numeric", initial: "C", fixed: true, description: "Sets the locale for formatting numbers."},
	parameter{name: "lc_time", initial: "C", fixed: true, description: "Sets the locale for formatting date and time values."},
	parameter{name: "lock_timeout", initial: "0", check: duration, description: "Accepted without effect."},
	parameter{name: "max_identifier_length", initial: "63", fixed: true, description: "Shows the maximum identifier length."},
	parameter{name: "max_index_keys", initial: "32", fixed: true, description: "Shows the maximum number of index keys."},
	parameter{name: "max_parallel_workers_per_gather", initial: "0", check: integer(0, 1024), description: "Accepted without effect."},
	parameter{name: "plan_cache_mode", initial: "auto", check: oneOf("auto", "force_generic_plan", "force_custom_plan"), description: "Accepted without effect."},
	parameter{name: "row_security", initial: "on", check: boolean, description: "Accepted without effect: policies always hold."},
	parameter{name: "scram_iterations", initial: "4096", report: true, fixed: true, description: "Sets the iteration count for SCRAM secret generation."},
	parameter{name: "search_path", initial: `"$user", public`, report: true, check: searchPath, description: "Sets the schema search order for names that are not schema-qualified."},
	parameter{name: "server_encoding", initial: "UTF8", report: true, fixed: true, description: "Shows the server (database) character set encoding."},
	parameter{name: "server_version", initial: ServerVersion + " (Sluice)", report: true, fixed: true, description: "Shows the server version."},
	parameter{name: "server_version_num", initial: versionNumber(), fixed: true, description: "Shows the server version as an integer."},
	parameter{name: "session_authorization", report: true, fixed: true, description: "Shows the session user name."},
	parameter{name: "ssl", initial: "off", fixed: true, description: "Shows whether this connection is encrypted."},
	parameter{name: "sluice.purpose", description: "Sets the purpose this session reads data for."},
	parameter{name: "sluice.disabled_rules", description: "Names optimizer rules to leave out, for finding faults; answers never depend on it."},
	parameter{name: "standard_conforming_strings", initial: "on", report: true, check: alwaysOn, description: "Causes '...' strings to treat backslashes literally."},
	parameter{name: "statement_timeout", initial: "0", check: duration, description: "Sets the maximum allowed duration of any statement, in milliseconds."},
	parameter{name: "synchronize_seqscans", initial: "on", check: boolean, description: "Accepted without effect."},
	parameter{name: "TimeZone", initial: "UTC", report: true, check: timeZone, description: "Sets the time zone for displaying and interpreting time stamps."},
	parameter{name: "transaction_deferrable", initial: "off", check: boolean, description: "Sets the current transaction's deferrable status."},
	parameter{name: "transaction_isolation", initial: "read committed", check: isolation, description: "Sets the current transaction's isolation level."},
	parameter{name: "transaction_read_only", initial: "on", check: readOnly, description: "Sets the current transaction's read-only status."},
	parameter{name: "work_mem", initial: "4MB", description: "Accepted without effect."},
	parameter{name: "xmloption", initial: "content", check: oneOf("content", "document"), description: "Accepted without effect."},
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

func invalid(p parameter, value string) *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidParameterValue, "invalid value for parameter %q: %q", p.name, value)
}

func oneOf(values ...string) func(parameter, string) (string, error) {
	return func(p parameter, value string) (string, error) {
		for _, v := range values {
			if strings.EqualFold(v, value) {
				return v, nil
			}
		}
		return "", invalid(p, value).WithHint("Available values: %s.", strings.Join(values, ", "))
	}
}

func boolean(p parameter, value string) (string, error) {
	switch strings.ToLower(value) {
	case "on", "true", "yes", "1", "t", "y":
		return "on", nil
	case "off", "false", "no", "0", "f", "n":
		return "off", nil
	}
	return "", sqlstate.New(sqlstate.InvalidParameterValue, "parameter %q requires a Boolean value", p.name)
}

// readOnly accepts what clients ask for and stays on: nothing can be written here.
func readOnly(p parameter, value string) (string, error) {
	if _, err := boolean(p, value); err != nil {
		return "", err
	}
	return "on", nil
}

func alwaysOn(p parameter, value string) (string, error) {
	v, err := boolean(p, value)
	if err == nil && v == "off" {
		return "", sqlstate.Unsupported("standard_conforming_strings = off")
	}
	return v, err
}

func utf8Only(p parameter, value string) (string, error) {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(value)) {
	case "utf8", "unicode":
		return "UTF8", nil
	}
	return "", invalid(p, value).WithHint("Sluice speaks UTF8.")
}

func integer(low, high int) func(parameter, string) (string, error) {
	return func(p parameter, value string) (string, error) {
		n, err := strconv.Atoi(value)
		if err != nil {
			return "", invalid(p, value)
		}
		if n < low || n > high {
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "%d is outside the valid range for parameter %q (%d .. %d)", n, p.name, low, high)
		}
		return strconv.Itoa(n), nil
	}
}

func float(p parameter, value string) (string, error) {
	if _, err := strconv.ParseFloat(value, 64); err != nil {
		return "", invalid(p, value)
	}
	return value, nil
}

func isolation(p parameter, value string) (string, error) {
	return oneOf("serializable", "repeatable read", "read committed", "read uncommitted")(p, value)
}

var durationForm = regexp.MustCompile(`^\s*(\d+)\s*(us|ms|s|min|h|d)?\s*$`)

var durationUnits = map[string]time.Duration{
	"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// duration accepts milliseconds or a number with a unit (manual, "Parameter Names and
// Values") and shows it in the largest unit that is exact, as PostgreSQL does.
func duration(p parameter, value string) (string, error) {
	m := durationForm.FindStringSubmatch(value)
	if m == nil {
		return "", invalid(p, value).WithHint(`Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".`)
	}
	n, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil {
		return "", invalid(p, value)
	}
	ms := (time.Duration(n) * durationUnits[m[2]]).Milliseconds()
	if ms == 0 {
		return "0", nil
	}
	for _, unit := range []string{"d", "h", "min", "s"} {
		if size := durationUnits[unit].Milliseconds(); ms%size == 0 {
			return strconv.FormatInt(ms/size, 10) + unit, nil
		}
	}
	return strconv.FormatInt(ms, 10) + "ms", nil
}

// milliseconds reads a value duration has made canonical.
func milliseconds(value string) time.Duration {
	m := durationForm.FindStringSubmatch(value)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return time.Duration(n) * durationUnits[m[2]]
}
