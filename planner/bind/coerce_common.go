package bind

import (
	"slices"
	"sort"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// unify brings the branches of a construct ("UNION", "CASE", "VALUES") to one type,
// with the modifier they share. Of CASE the ELSE branch comes first.
func (b *binder) unify(construct string, exprs []plan.Expr, positions []int) ([]plan.Expr, pgtype.Type, error) {
	common, err := commonType(construct, exprs, positions)
	if err != nil {
		return nil, pgtype.Type{}, err
	}
	out, types := make([]plan.Expr, len(exprs)), make([]pgtype.Type, len(exprs))
	for i, e := range exprs {
		if out[i], err = b.coerce(e, pgtype.Of(common), plan.CastImplicit, positions[i]); err != nil {
			return nil, pgtype.Type{}, err
		}
		types[i] = out[i].Type()
	}
	t := pgtype.Type{OID: common, Mod: pgtype.CommonMod(common, types), Row: commonRow(types), Shaped: slices.ContainsFunc(types, func(t pgtype.Type) bool { return t.Shaped })}
	for i := range out {
		if out[i], err = b.withFields(out[i], t, positions[i]); err != nil {
			return nil, pgtype.Type{}, err
		}
	}
	return relabel(out, t), t, nil
}

// commonType points its error at the first branch that does not fit.
func commonType(construct string, exprs []plan.Expr, positions []int) (pgtype.OID, error) {
	types := oids(exprs)
	common, err := pgtype.CommonType(construct, types)
	if err == nil {
		return common, nil
	}
	first := sort.Search(len(types)-1, func(i int) bool {
		_, err := pgtype.CommonType(construct, types[:i+1])
		return err != nil
	})
	if _, e := pgtype.CommonType(construct, types[:first+1]); e != nil {
		err = e
	}
	return 0, at(err, positions[first])
}

func oids(exprs []plan.Expr) []pgtype.OID {
	types := make([]pgtype.OID, len(exprs))
	for i, e := range exprs {
		types[i] = e.Type().OID
	}
	return types
}
