package pgcatalog

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Functions that give rows of several columns hand them over as composites in text form,
// one behind the other; the function table splits them.

// between separates the rows; no name or option holds it.
const between = "\x1e"

func (r *Sessions) setFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		of1(r, "keywords", func(*Session, string) (string, error) { return keywordRows(), nil }),
		of1(r, "token_types", func(_ *Session, parser uint32) (string, error) { return tokenRows(parser) }),
		of1(r, "timezone_names", (*Session).zoneRecords),
		of1(r, "timezone_abbrevs", (*Session).abbreviationRecords),
		of1(r, "aclexplode", (*Session).aclRows),
		of1(r, "options_to_table", func(_ *Session, list string) (string, error) { return optionRows(list), nil }),
	}
}

// record prints a composite (rowtypes.c: record_out).
func record(fields ...string) string {
	b := []byte{'('}
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = pgtext.QuoteField(append(b, f...), len(b))
	}
	return string(append(b, ')'))
}

func truth(is bool) string { return map[bool]string{true: "t", false: "f"}[is] }

func keywordRows() string { return dumpedRows("keywords") }

// defaultParser is the one text search parser there is (pg_ts_parser).
const defaultParser uint32 = 3722

// tokenRows is ts_token_type.
func tokenRows(parser uint32) (string, error) {
	if parser != defaultParser {
		return "", sqlstate.New(sqlstate.UndefinedObject, "there is no text search parser with the OID %d", parser)
	}
	return dumpedRows("token_types"), nil
}

// dumpedRows are those of a dumped function.
func dumpedRows(file string) string {
	var rows []string
	eachLine(file, func(c []cell) {
		fields := make([]string, len(c))
		for i := range c {
			fields[i] = c[i].text
		}
		rows = append(rows, record(fields...))
	})
	return strings.Join(rows, between)
}

// rights are the words for the letters of an aclitem (acl.h).
var rights = map[rune]string{
	'r': "SELECT", 'a': "INSERT", 'w': "UPDATE", 'd': "DELETE", 'D': "TRUNCATE", 'x': "REFERENCES", 't': "TRIGGER", 'X': "EXECUTE",
	'U': "USAGE", 'C': "CREATE", 'c': "CONNECT", 'T': "TEMPORARY", 's': "SET", 'A': "ALTER SYSTEM", 'm': "MAINTAIN",
}

// aclRows is aclexplode: grantor, grantee, privilege, whether it may be granted on.
func (s *Session) aclRows(list string) (string, error) {
	var rows []string
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == []rune(between)[0] }) {
		grantee, rest, _ := strings.Cut(item, "=")
		letters, grantor, _ := strings.Cut(rest, "/")
		for i, letter := range letters {
			if word, ok := rights[letter]; ok {
				option := strings.HasPrefix(letters[i+1:], "*")
				to := uint32(0)
				if grantee != "" {
					to = roleOID(strings.Trim(grantee, `"`))
				}
				rows = append(rows, record(oidText(roleOID(strings.Trim(grantor, `"`))), oidText(to), word, truth(option)))
			}
		}
	}
	return strings.Join(rows, between), nil
}

func oidText(oid uint32) string { return strconv.FormatUint(uint64(oid), 10) }

// optionRows is pg_options_to_table: name=value taken apart.
func optionRows(list string) string {
	var rows []string
	for _, option := range strings.FieldsFunc(list, func(r rune) bool { return r == []rune(between)[0] }) {
		name, value, _ := strings.Cut(option, "=")
		rows = append(rows, record(name, value))
	}
	return strings.Join(rows, between)
}
