package meshdir

import (
	"fmt"
	"strings"
)

// mysqlTypes are the types of MySQL and MariaDB in PostgreSQL's. "(" at the end: the
// arguments are kept. Unsigned ones that need the next wider type stand under their
// own name. MySQL's TIMESTAMP is an instant, its DATETIME a wall clock.
var mysqlTypes = map[string]string{
	"tinyint": "smallint", "tinyint unsigned": "smallint", "bool": "boolean", "boolean": "boolean",
	"smallint": "smallint", "smallint unsigned": "integer",
	"mediumint": "integer", "mediumint unsigned": "integer",
	"int": "integer", "int unsigned": "bigint", "integer": "integer", "integer unsigned": "bigint",
	"bigint": "bigint", "bigint unsigned": "numeric(20,0)", "serial": "numeric(20,0)", "year": "smallint",
	"float": "real", "double": "double precision", "double precision": "double precision", "real": "double precision",
	"decimal": "numeric(", "numeric": "numeric(", "dec": "numeric(", "fixed": "numeric(",
	"char": "character(", "varchar": "character varying(", "character": "character(", "character varying": "character varying(",
	"tinytext": "text", "text": "text", "mediumtext": "text", "longtext": "text", "enum": "text", "set": "text",
	"binary": "bytea", "varbinary": "bytea", "tinyblob": "bytea", "blob": "bytea", "mediumblob": "bytea", "longblob": "bytea",
	"date": "date", "datetime": "timestamp(", "timestamp": "timestamptz(", "time": "time(",
	"json": "json", "uuid": "uuid", "inet4": "text", "inet6": "text",
}

func mysqlType(physical string) (string, error) {
	lower := strings.ToLower(strings.TrimSpace(physical))
	if strings.HasPrefix(lower, "enum") || strings.HasPrefix(lower, "set(") {
		return "text", nil // their values are a list of strings, which may hold anything
	}
	s, err := parseSpelling(lower)
	if err != nil {
		return "", err
	}
	unsigned := strings.Contains(s.after, "unsigned") || strings.HasSuffix(s.word, " unsigned")
	word := strings.TrimSuffix(strings.TrimSuffix(s.word, " zerofill"), " unsigned")
	switch {
	case (word == "tinyint" || word == "bit") && len(s.args) == 1 && s.args[0] == "1" && !unsigned:
		return "boolean", nil // what BOOLEAN is there
	case isMySQLDecimal(word) && len(s.args) == 0:
		s.args = []string{"10", "0"} // MySQL's default precision
	}
	if wide, ok := mysqlTypes[word+" unsigned"]; ok && unsigned {
		return wide, nil
	}
	name, ok := mysqlTypes[word]
	if !ok {
		return "", fmt.Errorf("there is no PostgreSQL type for MySQL's %q", physical)
	}
	if kept, ok := strings.CutSuffix(name, "("); ok {
		if s.args == nil && strings.HasPrefix(kept, "character") {
			s.args = []string{"1"}
		}
		return s.with(kept), nil
	}
	return name, nil
}

func isMySQLDecimal(word string) bool { return mysqlTypes[word] == "numeric(" }
