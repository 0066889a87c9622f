package bind

import (
	"slices"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// A row is no value of the plan. Where a function makes JSON of it, it becomes JSON while
// binding, when the names of its fields are known.

// takesRows are functions that make JSON of their arguments.
var takesRows = map[string]bool{
	"to_json": true, "to_jsonb": true, "row_to_json": true, "json_agg": true, "jsonb_agg": true, "json_build_array": true, "jsonb_build_array": true,
	"json_build_object": true, "jsonb_build_object": true, "json_object_agg": true, "jsonb_object_agg": true,
	"json_agg_strict": true, "jsonb_agg_strict": true, "json_object_agg_strict": true, "jsonb_object_agg_strict": true,
	"json_object_agg_unique": true, "jsonb_object_agg_unique": true, "json_object_agg_unique_strict": true, "jsonb_object_agg_unique_strict": true,
}

// rowCall replaces rows among a call's arguments by JSON. done: the call is nothing else.
func (b *binder) rowCall(args *arguments, resolved *pgtype.ResolvedCall) (call boundCall, done bool, err error) {
	name := resolved.Procedure.Name
	if resolved.Procedure.Schema != "pg_catalog" || !takesRows[name] {
		return boundCall{}, false, nil
	}
	rows := 0
	for i, e := range args.exprs {
		row, ok := e.(*plan.Row)
		if !ok {
			continue
		}
		rows++
		resolved.Args = slices.Clone(resolved.Args)
		for j, from := range resolved.From {
			if from == i {
				resolved.Args[j] = pgtype.JSON
			}
		}
		if args.exprs[i], err = b.rowJSON(row, args.positions[i]); err != nil {
			return boundCall{}, false, err
		}
	}
	structured := rows > 0
	if len(args.exprs) > 0 {
		_, array := pgtype.ElementOf(args.exprs[0].Type().OID)
		structured = structured || array || args.exprs[0].Type().Row != ""
	}
	switch {
	case name == "json_agg" && structured:
		return boundCall{procedure: rowsAggregate, args: args.exprs[:1:1], result: pgtype.Of(pgtype.JSON)}, true, nil
	case name == "json_agg_strict" && structured:
		return boundCall{procedure: strictRowsAggregate, args: args.exprs[:1:1], result: pgtype.Of(pgtype.JSON)}, true, nil
	case rows == 0 || len(args.exprs) > 1 && name != "row_to_json":
		return boundCall{}, false, nil
	case name == "row_to_json":
		if len(args.exprs) == 2 && !isBoolean(args.exprs[1], "f") {
			return withLines(args)
		}
		return boundCall{args: args.exprs[:1], result: pgtype.Of(pgtype.JSON)}, true, nil
	case name == "to_json":
		return boundCall{args: args.exprs, result: pgtype.Of(pgtype.JSON)}, true, nil
	}
	return boundCall{}, false, nil
}

// anyType is the pseudo-type "any".
const anyType pgtype.OID = 2276

func isBoolean(e plan.Expr, text string) bool {
	l, ok := e.(*plan.Literal)
	return ok && !l.Null && l.Text == text
}

// withLines is row_to_json(row, true): each field but the first stands on a line of its own.
func withLines(args *arguments) (call boundCall, done bool, err error) {
	row, ok := args.exprs[0].(*plan.Call)
	if !ok || row.Procedure != rowToJSON || !isBoolean(args.exprs[1], "t") {
		return boundCall{}, false, sqlstate.Unsupported("row_to_json with line feeds").At(args.positions[1])
	}
	return boundCall{procedure: rowToLines, args: row.Args, result: row.Of}, true, nil
}

// rowJSON gives a row as row_to_json does.
func (b *binder) rowJSON(row *plan.Row, position int) (plan.Expr, error) {
	if row.Padded && row.Witness == nil {
		return nil, sqlstate.Unsupported("row of the nullable side of an outer join as a value").At(position)
	}
	call := &plan.Call{Procedure: rowToJSON, Of: pgtype.Of(pgtype.JSON)}
	for i, f := range row.Fields {
		name := "f" + strconv.Itoa(i+1)
		if row.Names != nil {
			name = row.Names[i]
		}
		value, err := b.fieldJSON(f, position)
		if err != nil {
			return nil, err
		}
		call.Args = append(call.Args, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}, value)
	}
	if row.Padded {
		missing := &plan.IsNull{Arg: row.Witness}
		return &plan.Case{Whens: []plan.When{{Condition: missing, Result: &plan.Literal{Of: call.Of, Null: true}}}, Else: call, Of: call.Of}, nil
	}
	return call, nil
}

// fieldJSON readies a value for a function that makes JSON of it: a row is an object.
func (b *binder) fieldJSON(e plan.Expr, position int) (plan.Expr, error) {
	if row, ok := e.(*plan.Row); ok {
		return b.rowJSON(row, position)
	}
	return b.resolveUnknown(e, position)
}

// rowToJSON makes an object of names and values in turn; rowsAggregate and strictRowsAggregate are json_agg and
// json_agg_strict over arrays and rows, which stand on lines of their own. They are no functions of PostgreSQL's.
var (
	rowToJSON = &pgtype.Procedure{
		Schema: "sluice", Name: "row_to_json", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{anyType}, Variadic: anyType, Result: pgtype.JSON, Volatility: 's',
	}
	rowToLines = &pgtype.Procedure{
		Schema: "sluice", Name: "row_to_lines", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{anyType}, Variadic: anyType, Result: pgtype.JSON, Volatility: 's',
	}
	rowsAggregate = &pgtype.Procedure{
		Schema: "sluice", Name: "json_agg_rows", Kind: pgtype.AggregateKind, ArgTypes: []pgtype.OID{pgtype.AnyElement}, Result: pgtype.JSON, Volatility: 's',
	}
	strictRowsAggregate = &pgtype.Procedure{
		Schema: "sluice", Name: "json_agg_strict_rows", Kind: pgtype.AggregateKind, ArgTypes: []pgtype.OID{pgtype.AnyElement}, Result: pgtype.JSON, Volatility: 's',
	}
)

// functionalField is the column that column(relation) means, nil where it is none.
func functionalField(n *pg_query.FuncCall, args arguments) plan.Expr {
	if len(n.Funcname) != 1 || len(args.exprs) != 1 || args.names != nil || n.Over != nil || n.AggStar || n.AggDistinct || n.FuncVariadic || n.AggFilter != nil || n.AggOrder != nil {
		return nil
	}
	row, ok := args.exprs[0].(*plan.Row)
	if !ok {
		return nil
	}
	_, name := splitName(n.Funcname)
	for i, field := range row.Names {
		if field == name {
			return row.Fields[i]
		}
	}
	return nil
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// typeOf answers pg_typeof: types are known while binding.
func (b *binder) typeOf(args arguments, p *pgtype.Procedure) (call boundCall, done bool, err error) {
	if p.Schema != "pg_catalog" || p.Name != "pg_typeof" || len(args.exprs) != 1 {
		return boundCall{}, false, nil
	}
	if parameter, ok := args.exprs[0].(*plan.Parameter); ok && parameter.Type().OID == pgtype.Unknown {
		return boundCall{}, false, sqlstate.Unsupported("pg_typeof of a parameter without type").At(args.positions[0])
	}
	of := args.exprs[0].Type().OID
	result := pgtype.Of(pgtype.Regtype)
	oid := &plan.Literal{Of: pgtype.Of(pgtype.Oid), Text: strconv.Itoa(int(of))}
	if schema, name, ok := args.exprs[0].Type().Relation(); ok {
		text := quoted(schema) + "." + quoted(name)
		oid = &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: text}
	}
	return boundCall{args: []plan.Expr{&plan.Cast{Arg: oid, To: result, Context: plan.CastExplicit}}, result: result}, true, nil
}
