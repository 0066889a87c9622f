package mysql

import (
	"context"
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// physical is a column as the server has it.
type physical struct {
	name      string
	text      string // COLUMN_TYPE, the server's own spelling: "int(10) unsigned"
	word      string // DATA_TYPE: "int"
	charset   string // of text
	collation string // of text
	notNull   bool
	// Of numbers: digits and those behind the point.
	precision, scale int32
	digits           int    // decimals of a second
	product          string // "MySQL" or "MariaDB"
}

// missesPrefixes tells of the collations in which MySQL begins a prefix LIKE at the prefix
// padded with blanks: those by bytes that pad.
func (p physical) missesPrefixes() bool {
	return p.product == "MySQL" && strings.HasSuffix(p.collation, "_bin") && !strings.HasSuffix(p.collation, "_0900_bin")
}

func (p physical) unsigned() bool { return strings.Contains(p.text, "unsigned") }

// tableName is where a table lies; its schema may be empty.
type tableName struct{ schema, name string }

func nameOf(t *catalog.Table) tableName {
	return tableName{strings.ToLower(t.Physical.Schema), strings.ToLower(t.Physical.Name)}
}

// tableList is a list for IN of (schema, name); the session's database stands for none.
func tableList(tables []*catalog.Table) string {
	items := make([]string, len(tables))
	for i, t := range tables {
		schema := "database()"
		if t.Physical.Schema != "" {
			schema = sqlparser.String(sqlparser.NewStrLiteral(t.Physical.Schema))
		}
		items[i] = "(" + schema + ", " + sqlparser.String(sqlparser.NewStrLiteral(t.Physical.Name)) + ")"
	}
	return "(" + strings.Join(items, ", ") + ")"
}

// columnsOf asks for the columns of tables, in their order, by table. A table that is
// not there, or not for this user, has none.
func columnsOf(ctx context.Context, c *session, tables []*catalog.Table) (map[tableName][]physical, error) {
	rows, err := c.rows(ctx, `SELECT IF(TABLE_SCHEMA = database(), '', TABLE_SCHEMA), TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE,
		CHARACTER_SET_NAME, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, COLLATION_NAME, DATETIME_PRECISION,
		IF(VERSION() LIKE '%MariaDB%', 'MariaDB', 'MySQL')
		FROM information_schema.COLUMNS WHERE (TABLE_SCHEMA, TABLE_NAME) IN `+tableList(tables)+` ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`)
	all := map[tableName][]physical{}
	for _, r := range rows {
		p := physical{
			name: r[3], text: strings.ToLower(r[4]), word: strings.ToLower(r[5]), charset: r[6], collation: r[10], notNull: r[7] == "NO",
			precision: small(r[8]), scale: small(r[9]), digits: int(small(r[11])), product: r[12],
		}
		for _, schema := range []string{r[0], r[1]} {
			key := tableName{strings.ToLower(schema), strings.ToLower(r[2])}
			if schema == r[1] && r[0] == r[1] {
				continue
			}
			all[key] = append(all[key], p)
		}
	}
	return all, err
}

func small(text string) int32 {
	n, _ := strconv.Atoi(text)
	return int32(n)
}

// find gives the column of a name; case does not count there.
func find(columns []physical, name string) (physical, bool) {
	for _, p := range columns {
		if strings.EqualFold(p.name, name) {
			return p, true
		}
	}
	return physical{}, false
}

// integers by how many bytes they take.
var integers = map[string]int{"tinyint": 1, "year": 2, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8}

// texts are what the server compares as text.
var texts = map[string]bool{
	"char": true, "varchar": true, "tinytext": true, "text": true, "mediumtext": true, "longtext": true, "enum": true, "set": true,
}

var binaries = map[string]bool{"binary": true, "varbinary": true, "tinyblob": true, "blob": true, "mediumblob": true, "longblob": true}

// reads tells whether the values of a column may be taken, compared and computed with
// as those of a type. One that is too long or too large is an error when it is read.
func reads(p physical, t pgtype.Type) bool {
	switch t.OID {
	case pgtype.Bool:
		return p.word == "tinyint" || p.text == "bit(1)"
	case pgtype.Int2, pgtype.Int4, pgtype.Int8:
		return integers[p.word] > 0
	case pgtype.Numeric:
		return readsNumeric(p, t)
	case pgtype.Float4:
		return p.word == "float"
	case pgtype.Float8:
		return p.word == "double"
	case pgtype.Text, pgtype.Varchar, pgtype.Name:
		return texts[p.word] && p.charset != ""
	case pgtype.Bpchar:
		return p.word == "char" && p.charset != ""
	case pgtype.Bytea:
		return binaries[p.word]
	case pgtype.Date, pgtype.Time:
		return p.word == pgtype.FormatType(pgtype.Of(t.OID)) || p.word == "time" && t.OID == pgtype.Time
	case pgtype.Timestamp, pgtype.Timestamptz:
		return p.word == "datetime" || p.word == "timestamp"
	case pgtype.JSON, pgtype.JSONB:
		return p.word == "json" || texts[p.word]
	case pgtype.UUID:
		return p.word == "uuid" || texts[p.word]
	}
	return false
}

// readsNumeric: a sum has as many decimals as the column, so both must agree on them.
func readsNumeric(p physical, t pgtype.Type) bool {
	precision, scale, limited := pgtype.NumericParts(t.Mod)
	if integers[p.word] > 0 {
		return !limited || scale == 0
	}
	return p.word == "decimal" && (!limited || p.scale == scale && p.precision <= precision)
}

// serves tells whether every value of a column is one of the contract's type.
func serves(p physical, t pgtype.Type) bool {
	if !reads(p, t) {
		return false
	}
	size, digits := integers[p.word], map[string]int32{"tinyint": 3, "year": 4, "smallint": 5, "mediumint": 8, "int": 10, "bigint": 19}[p.word]
	if p.unsigned() {
		size++
		if p.word == "bigint" {
			digits++
		}
	}
	switch t.OID {
	case pgtype.Int2:
		return size <= 2
	case pgtype.Int4:
		return size <= 4
	case pgtype.Int8:
		return size <= 8
	case pgtype.Numeric:
		precision, _, limited := pgtype.NumericParts(t.Mod)
		return !limited || digits <= precision
	case pgtype.Timestamptz:
		return p.word == "timestamp" // a DATETIME is no instant: it is taken for one in UTC
	}
	return true
}
