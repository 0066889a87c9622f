package duckdb

import (
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// errorRule turns one kind of message into PostgreSQL's. The first that matches
// counts; a message that none matches is a bug of ours (XX000).
type errorRule struct {
	kind    string // ending of the words before " Error: "; empty is any
	pattern *regexp.Regexp
	make    func(match []string) *sqlstate.Error
}

func rule(kind, pattern string, code sqlstate.Code, message string) errorRule {
	make := func([]string) *sqlstate.Error { return sqlstate.New(code, "%s", message) }
	return errorRule{kind, regexp.MustCompile(`(?s)` + pattern), make}
}

// pgNames are PostgreSQL's names for the types in DuckDB's messages.
var pgNames = map[string]string{
	"INT8": "smallint", "INT16": "smallint", "INT32": "integer", "INT64": "bigint", "UINT32": "oid",
	"FLOAT": "real", "DOUBLE": "double precision", "BOOL": "boolean", "UUID": "uuid", "DATE": "date", "TIME": "time",
	"TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "INTERVAL": "interval", "INT128": "numeric",
}

func pgName(name string) string {
	if known, ok := pgNames[name]; ok {
		return known
	}
	return "numeric"
}

func outOfRange(m []string) *sqlstate.Error {
	name := pgName(m[1])
	if name == "numeric" {
		return sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow")
	}
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "%s out of range", name)
}

// arithmeticOverflow: what leaves DECIMAL's 38 digits PostgreSQL's numeric still holds. That
// is no error of the statement's but a limit of ours.
func arithmeticOverflow(m []string) *sqlstate.Error {
	if pgName(m[1]) == "numeric" {
		return sqlstate.Unsupported("numeric of more than 38 digits here").
			WithHint("Cast one of the factors to numeric without precision and scale.")
	}
	return outOfRange(m)
}

var digits = regexp.MustCompile(`^\s*[+-]?[0-9]+\s*$`)

func invalidSyntax(m []string) *sqlstate.Error {
	name := pgName(m[2])
	switch {
	case strings.HasPrefix(m[2], "INT") && m[2] != "INTERVAL" && digits.MatchString(m[1]):
		return sqlstate.New(sqlstate.NumericValueOutOfRange, "value \"%s\" is out of range for type %s", m[1], name)
	case m[2] == "INT128": // DuckDB reads a UUID as one
		name = "uuid"
	case datetimeNames[m[2]]:
		return sqlstate.New(sqlstate.InvalidDatetimeFormat, "invalid input syntax for type %s: \"%s\"", name, m[1])
	}
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", name, m[1])
}

var datetimeNames = map[string]bool{"DATE": true, "TIME": true, "TIMESTAMP": true, "TIMESTAMP WITH TIME ZONE": true, "INTERVAL": true}

// absOverflow: only the lowest value of a type has no absolute value.
func absOverflow(m []string) *sqlstate.Error {
	types := map[string]string{"-32768": "smallint", "-2147483648": "integer", "-9223372036854775808": "bigint"}
	if name, ok := types[m[1]]; ok {
		return sqlstate.New(sqlstate.NumericValueOutOfRange, "%s out of range", name)
	}
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "value out of range")
}

func numericOverflow([]string) *sqlstate.Error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow")
}

// sameText keeps a message that PostgreSQL words alike.
func sameText(kind, pattern string, code sqlstate.Code) errorRule {
	return errorRule{kind, regexp.MustCompile(pattern), func(m []string) *sqlstate.Error { return sqlstate.New(code, "%s", m[0]) }}
}

// regexpError: RE2 names the mistake, then the expression.
func regexpError(m []string) *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidRegularExpression, "invalid regular expression: %s", m[1])
}

var errorRules = []errorRule{
	rule("", `^CSV Error on Line`, sqlstate.SystemError, "could not read from the source"),
	rule("Invalid Input", `(?i)malformed JSON|magic bytes|parquet|sniffing file`, sqlstate.SystemError, "could not read from the source"),
	rule("Not implemented", `^Non-inner join on correlated columns|^Unsupported join type for flattening`, sqlstate.FeatureNotSupported, "outer join of columns of an outer query is not supported"),
	rule("INTERRUPT", `^Interrupted`, sqlstate.QueryCanceled, "canceling statement due to user request"),
	rule("Out of Memory", ``, sqlstate.OutOfMemory, outOfMemory),
	rule("", `(?i)division by zero`, sqlstate.DivisionByZero, "division by zero"),
	{"Out of Range", regexp.MustCompile(`^Overflow in [a-z ]+ of ([A-Z0-9]+)`), arithmeticOverflow},
	{"Out of Range", regexp.MustCompile(`^Overflow on abs\((-?[0-9]+)`), absOverflow},
	sameText("Out of Range", `^cannot take square root of a negative number`, sqlstate.InvalidArgumentForPower),
	sameText("Out of Range", `^cannot take logarithm of (zero|a negative number)`, sqlstate.InvalidArgumentForLog),
	{"Conversion", regexp.MustCompile(`^Failed to cast decimal value .* to type ([A-Z0-9]+)`), outOfRange},
	rule("Invalid Input", `^Cannot subtract infinite timestamps`, sqlstate.DatetimeFieldOverflow, "cannot subtract infinite timestamps"),
	{"Conversion", regexp.MustCompile(`out of range for the destination type ([A-Z0-9 ]+)`), outOfRange},
	{"Conversion", regexp.MustCompile(`^Could not convert string ["']\s*[+-]?[0-9.]+\s*["'] to DECIMAL`), numericOverflow},
	{"Conversion", regexp.MustCompile(`(?s)^Could not convert string ['"](.*)['"] to ([A-Z0-9 ]+)`), invalidSyntax},
	rule("Conversion", `^(date|timestamp) field value out of range`, sqlstate.DatetimeFieldOverflow, "date/time field value out of range"),
	{"Conversion", regexp.MustCompile(`(?s)^invalid date field format: "(.*?)"`), func(m []string) *sqlstate.Error {
		return invalidSyntax([]string{"", m[1], "DATE"})
	}},
	{"Conversion", regexp.MustCompile(`(?s)^invalid timestamp field format: "(.*?)"`), func(m []string) *sqlstate.Error {
		return invalidSyntax([]string{"", m[1], "TIMESTAMP"})
	}},
	rule("Conversion", `^(Could not cast value|Casting value) .* to (type )?DECIMAL`, sqlstate.NumericValueOutOfRange, "numeric field overflow"),
	rule("Conversion", `(?i)timestamp|date|time`, sqlstate.DatetimeFieldOverflow, "timestamp out of range"),
	rule("Conversion", ``, sqlstate.InvalidTextRepresentation, "invalid input syntax"),
	rule("Out of Range", `(?i)date|timestamp`, sqlstate.DatetimeFieldOverflow, "timestamp out of range"),
	rule("Out of Range", `^interval$`, sqlstate.FeatureNotSupported, "an interval whose time exceeds 292 years is not supported"),
	rule("Out of Range", `(?i)interval`, sqlstate.DatetimeFieldOverflow, "interval out of range"),
	rule("Out of Range", ``, sqlstate.NumericValueOutOfRange, "value out of range"),
	rule("", `(?i)like pattern must not end with escape`, sqlstate.InvalidEscapeSequence, "LIKE pattern must not end with escape character"),
	rule("Syntax", `^Invalid escape string`, sqlstate.InvalidEscapeSequence, "invalid escape string"),
	{"Invalid Input", regexp.MustCompile(`(?s)^((?:missing|bad|invalid|no argument|unexpected|duplicate) .*): `), regexpError},
	rule("Binder", `^subqueries in lambda expressions`, sqlstate.FeatureNotSupported, "a subquery in this place is not supported"),
	rule("Permission", ``, sqlstate.InsufficientPrivilege, "permission denied"),
	rule("IO", `(?i)no space left`, sqlstate.DiskFull, "could not write temporary file: no space left on device"),
	rule("IO", ``, sqlstate.SystemError, "could not read from the source"),
	rule("Invalid Input", `(?i)more than one row returned by a subquery`, sqlstate.CardinalityViolation, "more than one row returned by a subquery used as an expression"),
}
