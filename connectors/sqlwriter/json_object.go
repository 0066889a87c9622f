package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// jsonObject writes json_build_object as PostgreSQL prints it: {"a" : 1, "b" : null}.
func (d duckdb) jsonObject(w *writer, c call) value {
	if len(c.values)%2 != 0 {
		return w.refuse("json_build_object of an odd number of arguments")
	}
	var parts []string
	for i := 0; i < len(c.values); i += 2 {
		if t := c.args[i].Type().OID; t != pgtype.Text && t != pgtype.Varchar && t != pgtype.Name {
			return w.refuse("json_build_object with a key that is no text")
		}
		separator := "', '"
		if i == 0 {
			separator = "'{'"
		}
		key := "CASE WHEN " + c.values[i].inside(atom) + " IS NULL THEN error('null value not allowed for object key') ELSE CAST(to_json(" + c.values[i].sql + ") AS VARCHAR) END"
		parts = append(parts, separator, key, "' : '", "coalesce(CAST(to_json("+c.values[i+1].sql+") AS VARCHAR), 'null')")
	}
	if len(parts) == 0 {
		return atomOf("'{}'")
	}
	return value{sql: strings.Join(append(parts, "'}'"), " || "), rank: operation}
}
