package sqlwriter

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// jsonResult makes the value of an answer of pg_json_evaluate: a letter and the text of a value,
// or the letter that asks for the value of ON EMPTY or of ON ERROR.
func (d duckdb) jsonResult(w *writer, c call) value {
	answer := c.values[0].inside(atom)
	text := value{sql: "substr(" + answer + ", 2)", rank: atom}
	if c.of.OID != pgtype.JSON && c.of.OID != pgtype.JSONB {
		arg := &plan.ColumnRef{Column: plan.Column{Type: pgtype.Of(pgtype.Text)}}
		text = d.cast(w, &plan.Cast{Arg: arg, To: c.of, Context: plan.CastAssignment}, text)
	}
	values := w.unified([]value{text, c.values[1], c.values[2]}, c.of)
	sql := "CASE left(" + answer + ", 1) WHEN 'v' THEN " + values[0].sql
	for i, letter := range []string{"e", "x"} {
		if l, ok := c.args[i+1].(*plan.Literal); !ok || !l.Null {
			sql += " WHEN '" + letter + "' THEN " + values[i+1].sql
		}
	}
	return value{sql: sql + " END", rank: atom, form: formOf(values)}
}
