package bind

import (
	"math/big"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

var boolean = pgtype.Of(pgtype.Bool)

// constant binds a constant as written (make_const): integers take the smallest of
// int4, int8 and numeric that holds them, strings and NULL are unknown.
func (b *binder) constant(n *pg_query.A_Const) (plan.Expr, error) {
	if n.Isnull {
		return &plan.Literal{Of: pgtype.Of(pgtype.Unknown), Null: true}, nil
	}
	switch v := n.Val.(type) {
	case *pg_query.A_Const_Ival:
		return literal(pgtype.Int4, strconv.Itoa(int(v.Ival.GetIval()))), nil
	case *pg_query.A_Const_Fval:
		return b.number(v.Fval.GetFval(), b.position(n.Location))
	case *pg_query.A_Const_Boolval:
		return truth(v.Boolval.GetBoolval()), nil
	case *pg_query.A_Const_Bsval:
		return b.bitString(v.Bsval.GetBsval(), b.position(n.Location))
	}
	l := literal(pgtype.Unknown, n.GetSval().GetSval())
	if b.written == nil {
		b.written = map[*plan.Literal]int{}
	}
	b.written[l] = b.position(n.Location)
	return l, nil
}

// number binds what the lexer left as text: an integer beyond int4, or a decimal.
func (b *binder) number(text string, position int) (plan.Expr, error) {
	text = strings.ReplaceAll(text, "_", "")
	if whole, ok := wholeNumber(text); ok {
		if whole.IsInt64() {
			return integer(whole.Int64()), nil
		}
		text = whole.String()
	}
	canonical, err := pgtype.Canonical(pgtype.Of(pgtype.Numeric), text, b.settings())
	if err != nil {
		return nil, at(err, position)
	}
	return literal(pgtype.Numeric, canonical), nil
}

// wholeNumber reads decimal digits, or 0x, 0o and 0b with theirs.
func wholeNumber(text string) (*big.Int, bool) {
	digits := strings.TrimLeft(text, "+-")
	base := 10
	if len(digits) > 2 && digits[0] == '0' {
		switch digits[1] {
		case 'x', 'X', 'o', 'O', 'b', 'B':
			base = 0
		}
	}
	return new(big.Int).SetString(text, base)
}

func integer(n int64) *plan.Literal {
	oid := pgtype.Int8
	if int64(int32(n)) == n {
		oid = pgtype.Int4
	}
	return literal(oid, strconv.FormatInt(n, 10))
}

// bitString binds B'101' and X'1F', both of type bit; the first letter tells which.
func (b *binder) bitString(text string, position int) (plan.Expr, error) {
	canonical, err := pgtype.Canonical(pgtype.Of(pgtype.Bit), text, b.settings())
	if err != nil {
		return nil, at(err, position)
	}
	return literal(pgtype.Bit, canonical), nil
}

func literal(oid pgtype.OID, text string) *plan.Literal {
	return &plan.Literal{Of: pgtype.Of(oid), Text: text}
}

func truth(v bool) *plan.Literal {
	if v {
		return literal(pgtype.Bool, "t")
	}
	return literal(pgtype.Bool, "f")
}

// settings are those the input of values depends on. They are asked for once.
func (b *binder) settings() pgtype.Settings {
	if b.input == nil {
		b.input = &pgtype.Settings{DateOrder: b.env.DateOrder, Location: b.env.TimeZone, Now: b.env.TransactionStart}
		if b.env.Setting != nil {
			style, _ := b.env.Setting("IntervalStyle")
			b.input.SQLStandard = style == "sql_standard"
		}
	}
	return *b.input
}

// typedLiteral reads an unknown literal as a type's input function does. Polymorphic
// targets take it as text.
func (b *binder) typedLiteral(l *plan.Literal, to pgtype.Type, position int) (plan.Expr, error) {
	if info, ok := pgtype.TypeByOID(to.OID); ok && info.Kind == 'p' && to.OID != pgtype.Record {
		to = pgtype.Of(pgtype.Text)
	}
	if own, ok := b.written[l]; ok {
		position = own
	}
	switch {
	case l.Null:
		return &plan.Literal{Of: to, Null: true}, nil
	case isRegistered(to.OID):
		// The name is looked up in the catalog, which is not known here.
		return &plan.Cast{Arg: literal(pgtype.Text, l.Text), To: to, Context: plan.CastExplicit}, nil
	}
	read := pgtype.Of(to.OID)
	if to.OID == pgtype.Interval {
		read = to // the one type whose fields the input function has to know
	}
	text, err := pgtype.Canonical(read, l.Text, b.settings())
	if err != nil {
		return nil, at(err, position)
	}
	if dependsOnNow(to.OID, l.Text) {
		b.unsteady()
	}
	return shapedLiteral(b.withModifier(&plan.Literal{Of: read, Text: text}, to)), nil
}

// withModifier applies a modifier to a literal of its type. Where the value does not fit
// it stays a cast, which fails when it is evaluated.
func (b *binder) withModifier(l *plan.Literal, to pgtype.Type) plan.Expr {
	if l.Of == to {
		return l
	}
	text, err := pgtype.Canonical(to, l.Text, b.settings())
	if err != nil {
		return &plan.Cast{Arg: l, To: to, Context: plan.CastExplicit}
	}
	return &plan.Literal{Of: to, Text: text}
}

// isRegistered tells the reg* types, whose input is a name of the catalog.
func isRegistered(oid pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(oid)
	return ok && info.Kind == 'b' && strings.HasPrefix(info.Name, "reg")
}

// dependsOnNow tells the words that date and time input reads as a moment, and texts
// without a date or a zone of their own, which take them from the session.
func dependsOnNow(oid pgtype.OID, text string) bool {
	switch oid {
	case pgtype.Timestamptz, pgtype.Timetz:
		return true // read in the session's zone
	case pgtype.Date, pgtype.Timestamp, pgtype.Time:
	default:
		if !pgtype.IsRange(oid) {
			return false
		}
		if strings.HasPrefix(functions.TypeName(oid), "tstz") {
			return true
		}
	}
	for _, word := range []string{"now", "today", "tomorrow", "yesterday"} {
		if strings.Contains(strings.ToLower(text), word) {
			return true
		}
	}
	return false
}
