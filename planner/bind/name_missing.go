package bind

import (
	"slices"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// systemColumns are those every PostgreSQL table has; sources have none.
var systemColumns = map[string]bool{"ctid": true, "xmin": true, "xmax": true, "cmin": true, "cmax": true, "tableoid": true}

// missingColumn is 42703 with PostgreSQL's hint at what may have been meant
// (parse_relation.c: errorMissingColumn).
func (b *binder) missingColumn(s *scope, relation, name string, position int) error {
	for of := s; of != nil && systemColumns[name]; of = of.parent {
		if len(of.relations) > 0 {
			return sqlstate.Unsupported("system column %s", name).At(position)
		}
	}
	e := sqlstate.New(sqlstate.UndefinedColumn, "column \"%s\" does not exist", name).At(position)
	if relation != "" {
		e = sqlstate.New(sqlstate.UndefinedColumn, "column %s.%s does not exist", relation, name).At(position)
	}
	near := nearest(s, relation, name)
	switch {
	case near.hidden != nil:
		return e.WithHint("There is a column named \"%s\" in table \"%s\", but it cannot be referenced from this part of the query.", name, near.hidden.alias)
	case near.second.relation != nil:
		return e.WithHint("Perhaps you meant to reference the column \"%s\" or the column \"%s\".", near.first.text(), near.second.text())
	case near.first.relation != nil:
		return e.WithHint("Perhaps you meant to reference the column \"%s\".", near.first.text())
	}
	return e
}

// suggestion is a column near in spelling.
type suggestion struct {
	relation *relation
	column   string
}

func (s suggestion) text() string { return s.relation.alias + "." + s.column }

// nearness holds the nearest columns found so far (FuzzyAttrMatchState).
type nearness struct {
	distance      int
	first, second suggestion
	hidden        *relation // has just that column, out of reach
}

// maxDistance is MAX_FUZZY_DISTANCE.
const maxDistance = 3

// nearest searches every relation in reach or not (searchRangeTableForCol).
func nearest(s *scope, relation, name string) nearness {
	near := nearness{distance: maxDistance + 1}
	for ; s != nil; s = s.parent {
		for _, r := range s.known() {
			if r.joined() {
				continue
			}
			penalty := 0
			if relation != "" {
				penalty = distance(relation, r.alias, maxDistance+1)
			}
			if near.consider(r, name, penalty) && penalty == 0 {
				return nearness{hidden: r}
			}
		}
	}
	return near
}

// joined tells a join's own entry, which only repeats the columns of its sides.
func (r *relation) joined() bool { return r.hidden }

// consider compares the columns of one relation, and tells whether one has the very name.
func (near *nearness) consider(r *relation, name string, penalty int) bool {
	exact := false
	for _, c := range r.columns {
		exact = exact || c.name == name
		near.update(suggestion{r, c.name}, name, penalty)
	}
	return exact
}

// update keeps the two nearest, unless more are equally near (updateFuzzyAttrMatchState).
func (near *nearness) update(s suggestion, name string, penalty int) {
	if penalty > near.distance || s.column == "" {
		return
	}
	d := distance(s.column, name, near.distance+1-penalty)
	if d > len(name)/2 {
		return
	}
	d += penalty
	switch {
	case d < near.distance:
		near.distance, near.first, near.second = d, s, suggestion{}
	case d > near.distance:
	case near.second.relation != nil:
		near.distance, near.first, near.second = d-1, suggestion{}, suggestion{}
	case near.first.relation != nil:
		near.second = s
	case near.distance <= maxDistance:
		near.first = s
	}
}

// distance is the Levenshtein distance in characters, or limit+1 where it is greater.
func distance(a, b string, limit int) int {
	if gap := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); gap > limit || -gap > limit {
		return limit + 1
	}
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return min(row[len(y)], limit+1)
}

// missingRelation is 42P01 for a qualifier that names nothing in reach
// (parse_relation.c: errorMissingRTE).
func (b *binder) missingRelation(s *scope, q qualifiedName, position int) error {
	r, reachable := b.entryOf(s, q)
	if r == nil {
		return sqlstate.New(sqlstate.UndefinedTable, "missing FROM-clause entry for table \"%s\"", q.relation).At(position)
	}
	if reachable && r.alias != q.relation {
		if _, err := b.relationNamed(s, "", r.alias, position); err != nil {
			return err
		}
	}
	e := sqlstate.New(sqlstate.UndefinedTable, "invalid reference to FROM-clause entry for table \"%s\"", q.relation).At(position)
	if reachable && r.aliased && r.alias != q.relation {
		return e.WithHint("Perhaps you meant to reference the table alias \"%s\".", r.alias)
	}
	return e.WithHint("There is an entry for table \"%s\", but it cannot be referenced from this part of the query.", r.alias)
}

// entryOf finds a relation that is the table q names, under whatever alias and whether
// in reach or not.
func (b *binder) entryOf(s *scope, q qualifiedName) (r *relation, reachable bool) {
	for ; s != nil; s = s.parent {
		for _, r := range s.known() {
			if b.isTable(r, q) || r.alias == q.relation {
				return r, s.names(r.alias)
			}
		}
	}
	return nil, false
}

// isTable tells whether a name, as the search path reads it, is that of r's table.
func (b *binder) isTable(r *relation, q qualifiedName) bool {
	if r.table == nil {
		return false
	}
	for _, a := range r.table.Addresses {
		if a.Name == q.relation && (a.Schema == q.schema || q.schema == "" && slices.Contains(b.env.SearchPath, a.Schema)) {
			return true
		}
	}
	return false
}
