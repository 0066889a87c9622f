package bind

import (
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// typeName finds the type a TypeName means, with its modifier.
func (b *binder) typeName(n *pg_query.TypeName) (pgtype.Type, error) {
	position := b.position(n.Location)
	switch {
	case n.Setof:
		return pgtype.Type{}, at(sqlstate.Unsupported("SETOF type"), position)
	case n.PctType:
		return pgtype.Type{}, at(sqlstate.Unsupported("%%TYPE"), position)
	}
	schema, name := splitName(n.Names)
	if err := b.schemaExists(schema); err != nil {
		return pgtype.Type{}, at(err, position)
	}
	info, ok := pgtype.TypeByName(schema, name)
	if !ok {
		return pgtype.Type{}, at(missingType(n), position)
	}
	if info.Kind == 'd' {
		return b.domainBase(info, n)
	}
	to := pgtype.Of(info.OID)
	if len(n.Typmods) > 0 {
		mod, err := b.typeModifier(info, n.Typmods)
		if err != nil {
			return pgtype.Type{}, at(err, position)
		}
		to.Mod = mod
	}
	if len(n.ArrayBounds) == 0 {
		return to, nil
	}
	array, ok := pgtype.ArrayOf(to.OID)
	if !ok {
		return pgtype.Type{}, at(missingType(n), position)
	}
	return pgtype.Type{OID: array, Mod: to.Mod}, nil
}

// domainBase takes a domain as what it is over. Those with a CHECK are refused: nothing
// here would enforce it.
func (b *binder) domainBase(info *pgtype.TypeInfo, n *pg_query.TypeName) (pgtype.Type, error) {
	if info.NotNull || checkedDomains[info.Name] || len(n.ArrayBounds) > 0 {
		return pgtype.Type{}, at(sqlstate.Unsupported("cast to domain %s", info.Name), b.position(n.Location))
	}
	return pgtype.BaseType(pgtype.Of(info.OID)), nil
}

// checkedDomains are those of information_schema with a CHECK; pg_catalog has no domains.
var checkedDomains = map[string]bool{"cardinal_number": true, "yes_or_no": true}

func missingType(n *pg_query.TypeName) error {
	return sqlstate.New(sqlstate.UndefinedObject, "type \"%s\" does not exist", strings.Join(nameParts(n.Names), ".")+strings.Repeat("[]", len(n.ArrayBounds)))
}

func (b *binder) typeModifier(info *pgtype.TypeInfo, list []*pg_query.Node) (int32, error) {
	if info.ModIn == "" {
		return 0, sqlstate.New(sqlstate.SyntaxError, "type modifier is not allowed for type \"%s\"", pgtype.SQLName(info.OID))
	}
	args := make([]int32, len(list))
	for i, n := range list {
		arg, err := modifierArgument(n)
		if err != nil {
			return 0, err
		}
		args[i] = arg
	}
	return pgtype.ModifierOf(info.OID, args...)
}

// modifierArgument reads one of the constants in parentheses.
func modifierArgument(n *pg_query.Node) (int32, error) {
	text := ""
	switch c := n.GetAConst(); {
	case c.GetIval() != nil:
		return c.GetIval().GetIval(), nil
	case c.GetFval() != nil:
		text = c.GetFval().GetFval()
	case c.GetSval() != nil:
		text = c.GetSval().GetSval()
	case n.GetColumnRef() != nil && len(n.GetColumnRef().Fields) == 1:
		text = n.GetColumnRef().Fields[0].GetString_().GetSval()
	default:
		return 0, sqlstate.New(sqlstate.SyntaxError, "type modifiers must be simple constants or identifiers")
	}
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type integer: \"%s\"", text)
	}
	return int32(v), nil
}
