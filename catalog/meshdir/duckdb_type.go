package meshdir

import (
	"fmt"
	"strings"
)

// duckdbTypes are DuckDB's types in PostgreSQL's. DuckDB ignores the length of VARCHAR(n).
var duckdbTypes = map[string]string{
	"boolean": "boolean", "bool": "boolean", "logical": "boolean",
	"tinyint": "smallint", "int1": "smallint", "utinyint": "smallint",
	"smallint": "smallint", "int2": "smallint", "short": "smallint", "usmallint": "integer",
	"integer": "integer", "int": "integer", "int4": "integer", "signed": "integer", "uinteger": "bigint",
	"bigint": "bigint", "int8": "bigint", "long": "bigint", "ubigint": "numeric(20,0)",
	"hugeint": "numeric(38,0)", "uhugeint": "numeric(39,0)",
	"float": "real", "float4": "real", "real": "real", "double": "double precision", "float8": "double precision",
	"decimal": "numeric(", "numeric": "numeric(", "dec": "numeric(",
	"varchar": "text", "char": "text", "bpchar": "text", "text": "text", "string": "text", "enum": "text",
	"blob": "bytea", "bytea": "bytea", "binary": "bytea", "varbinary": "bytea",
	"date": "date", "time": "time", "time with time zone": "timetz", "timetz": "timetz",
	"timestamp": "timestamp", "datetime": "timestamp", "timestamp_s": "timestamp", "timestamp_ms": "timestamp", "timestamp_ns": "timestamp",
	"timestamp without time zone": "timestamp",
	"timestamp with time zone":    "timestamptz", "timestamptz": "timestamptz",
	"interval": "interval", "uuid": "uuid", "json": "json",
}

func duckdbType(physical string) (string, error) {
	if elem, ok := strings.CutSuffix(strings.TrimSpace(physical), "[]"); ok {
		name, err := duckdbType(elem)
		return name + "[]", err
	}
	if strings.HasPrefix(strings.ToLower(physical), "enum(") {
		return "text", nil
	}
	s, err := parseSpelling(physical)
	if err != nil {
		return "", err
	}
	if s.after != "" {
		s.word += " " + s.after
	}
	name, ok := duckdbTypes[s.word]
	if !ok {
		return "", fmt.Errorf("there is no PostgreSQL type for DuckDB's %q", physical)
	}
	if kept, ok := strings.CutSuffix(name, "("); ok {
		if len(s.args) == 0 {
			s.args = []string{"18", "3"} // DuckDB's default
		}
		return s.with(kept), nil
	}
	return name, nil
}
