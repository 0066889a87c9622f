package meshdir

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// columnType gives the PostgreSQL type of a column: the one customProperties pgType
// names, else that of physicalType in the words of its source, else the logical type's.
func (l *loader) columnType(o *object, t *catalog.Table) pgtype.Type {
	physical, logical := o.text("physicalType"), o.oneOf("logicalType", logicalNames...)
	key, name := "", ""
	options := o.child("logicalTypeOptions", "logicalTypeOptions")
	for _, custom := range customProperties(o) {
		if custom.text("property") == "pgType" {
			return o.parseType("customProperties", custom.text("value"))
		}
	}
	switch {
	case physical != "" && t.View != nil: // the types of a view are PostgreSQL's own
		return o.parseType("physicalType", physical)
	case physical != "" && t.Source == nil: // the missing source is reported
		return pgtype.Type{}
	case physical != "":
		key = "physicalType"
		var err error
		if name, err = typeName(t.Source.Kind, physical); err != nil {
			o.unknown(o.at(key), typeWord(physical), typeWords(t.Source.Kind), "%s; name one in customProperties pgType", err)
			return pgtype.Type{}
		}
	case logical != "":
		key, name = "logicalType", logicalTypes[logical]
		if logical == "timestamp" && options != nil && options.has("timezone") && !options.boolean("timezone") {
			name = "timestamp"
		}
	default:
		_ = o.errorf(o.node, "column %s has neither physicalType nor logicalType", o.text("name"))
		return pgtype.Type{}
	}
	return o.parseType(key, name)
}

// What a logical type of ODCS is where nothing says more.
var logicalTypes = map[string]string{
	"string": "text", "integer": "bigint", "number": "numeric", "boolean": "boolean", "date": "date",
	"timestamp": "timestamp with time zone", "time": "time", "object": "json", "array": "json",
}

var logicalNames = sortedKeys(logicalTypes)

func (o *object) parseType(key, name string) pgtype.Type {
	t, err := pgtype.ParseTypeName(name)
	if err != nil {
		message := err.Error()
		var state *sqlstate.Error
		if errors.As(err, &state) {
			message = state.Message
		}
		o.unknown(o.at(key), typeWord(name), postgresTypeWords, "%s", message)
		return pgtype.Type{}
	}
	if info, ok := pgtype.TypeByOID(t.OID); ok && info.Kind == 'p' {
		_ = o.errorf(o.at(key), "column has pseudo-type %s", name)
	}
	return t
}

// typeName translates a source's own type name into PostgreSQL's.
func typeName(kind catalog.Kind, physical string) (string, error) {
	switch kind {
	case catalog.MySQL, catalog.MariaDB:
		return mysqlType(physical)
	case catalog.DuckDB:
		return duckdbType(physical)
	case catalog.Files:
		// A file has no types of its own; people write PostgreSQL's or those of its reader.
		if _, err := pgtype.ParseTypeName(physical); err == nil {
			return physical, nil
		}
		return duckdbType(physical)
	}
	return physical, nil
}

func typeWords(kind catalog.Kind) []string {
	switch kind {
	case catalog.MySQL, catalog.MariaDB:
		return sortedKeys(mysqlTypes)
	case catalog.DuckDB, catalog.Files:
		return sortedKeys(duckdbTypes)
	}
	return postgresTypeWords
}

// postgresTypeWords are suggested for misspelt names.
var postgresTypeWords = []string{
	"bigint", "boolean", "bytea", "character", "character varying", "date", "double precision", "integer", "interval", "json",
	"jsonb", "numeric", "real", "smallint", "text", "time", "timestamp", "timestamptz", "timestamp with time zone",
	"timestamp without time zone", "uuid", "varchar",
}

// typeWord is a type name without its arguments.
func typeWord(name string) string {
	word, _, _ := strings.Cut(name, "(")
	return strings.TrimSpace(word)
}

// spelling is a type as written: its word in lower case, its arguments, what follows them.
type spelling struct {
	word  string
	args  []string
	after string // "unsigned", "with time zone"
}

var typeSpelling = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_ ]*)(?:\(([^()]*)\)\s*([A-Za-z ]*))?$`)

func parseSpelling(physical string) (spelling, error) {
	m := typeSpelling.FindStringSubmatch(physical)
	if m == nil {
		return spelling{}, fmt.Errorf("type %q cannot be read", physical)
	}
	s := spelling{word: strings.Join(strings.Fields(strings.ToLower(m[1])), " "), after: strings.ToLower(strings.TrimSpace(m[3]))}
	if strings.TrimSpace(m[2]) != "" {
		for _, a := range strings.Split(m[2], ",") {
			s.args = append(s.args, strings.TrimSpace(a))
		}
	}
	return s, nil
}

// with writes a PostgreSQL type with the arguments of the source's.
func (s spelling) with(name string) string {
	if len(s.args) == 0 {
		return name
	}
	return name + "(" + strings.Join(s.args, ",") + ")"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
