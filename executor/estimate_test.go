package executor

import (
	"slices"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// orders is a table of 10,000 rows: a key, a customer (1,000 of them) and a date of ten years.
var orders = &catalog.Table{
	Source: &catalog.Source{Domain: "trade", Name: "origin"},
	Keys:   []catalog.Key{{Columns: []int{0}}},
}

var ordersKnown = known{orders: {Rows: 10_000, Columns: []catalog.ColumnStatistics{
	{}, {Distinct: 1_000, Min: "1", Max: "1001"}, {Distinct: 3_650, Min: "1990-01-01", Max: "2000-01-01"},
}}}

var (
	key      = plan.Column{ID: 1, Name: "key", Type: pgtype.Of(pgtype.Int4)}
	customer = plan.Column{ID: 2, Name: "customer", Type: pgtype.Of(pgtype.Int4)}
	day      = plan.Column{ID: 3, Name: "day", Type: pgtype.Of(pgtype.Date)}
)

func scanOrders() plan.Node {
	return &plan.Scan{Table: orders, Cols: []plan.Column{key, customer, day}, Ordinals: []int{0, 1, 2}}
}

func compared(c plan.Column, operator, value string) plan.Expr {
	return &plan.Call{Operator: operator, Args: []plan.Expr{&plan.ColumnRef{Column: c}, &plan.Literal{Of: c.Type, Text: value}}}
}

func turned(e plan.Expr) plan.Expr {
	c := e.(*plan.Call)
	return &plan.Call{Operator: c.Operator, Args: []plan.Expr{c.Args[1], c.Args[0]}}
}

func extracted(field string) plan.Expr {
	return &plan.Call{Procedure: &pgtype.Procedure{Name: "extract"}, Args: []plan.Expr{&plan.Literal{Of: pgtype.Of(pgtype.Text), Text: field}, &plan.ColumnRef{Column: day}}}
}

// TestRowsAreGuessedOfWhatSourcesTell: rows is what a source is expected to send, work what
// it must look at for that.
func TestRowsAreGuessedOfWhatSourcesTell(t *testing.T) {
	t.Parallel()
	filtered := func(conjuncts ...plan.Expr) plan.Node {
		return &plan.Filter{Input: scanOrders(), Conjuncts: conjuncts}
	}
	grouped := func(in plan.Node, by ...plan.Column) plan.Node {
		a := &plan.Aggregate{Input: in}
		for _, c := range by {
			a.Groups = append(a.Groups, plan.PassOn(c))
		}
		return a
	}
	for _, c := range []struct {
		name       string
		n          plan.Node
		rows, work float64
	}{
		{"a table", scanOrders(), 10_000, 10_000},
		{"a key", filtered(compared(key, "=", "7")), 1, 1},
		{"one of a thousand", filtered(compared(customer, "=", "7")), 10, 10},
		{"a bound", filtered(compared(customer, "<", "101")), 1_000, 10_000},
		{"a bound, turned", filtered(turned(compared(customer, ">", "101"))), 1_000, 10_000},
		{"one year of ten", filtered(compared(day, ">=", "1995-01-01"), compared(day, "<", "1996-01-01 00:00:00")), 1_000, 10_000},
		{"beyond all", filtered(compared(day, ">", "2010-01-01")), 5, 10_000},
		{"a bound and a value", filtered(compared(customer, "=", "7"), compared(day, "<", "1995-01-01")), 5, 10},
		{"groups", grouped(scanOrders(), customer), 1_000, 10_000},
		{"groups of a key", grouped(filtered(compared(customer, "<", "101")), key), 1_000, 10_000},
		{"groups of few rows", grouped(filtered(compared(customer, "=", "7")), day), 10, 10},
		{"groups of a year", &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{{Column: key, Expr: extracted("year")}}}, 10, 10_000},
		{"groups of a month", &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{{Column: key, Expr: extracted("month")}}}, 12, 10_000},
		{"the first of all", &plan.Limit{Input: scanOrders(), Count: &plan.Literal{Of: pgtype.Of(pgtype.Int8), Text: "20"}}, 20, 10_000},
		{"one row of all", grouped(scanOrders()), 1, 10_000},
	} {
		if rows := ordersKnown.rows(c.n); rows < 0.99*c.rows || rows > 1.01*c.rows {
			t.Errorf("%s: %v rows, want %v", c.name, rows, c.rows)
		}
		if work := ordersKnown.work(c.n); work != c.work {
			t.Errorf("%s: looks at %v rows, want %v", c.name, work, c.work)
		}
	}
}

// TestKeysAreSentWhereTheyLeaveOutEnough: of rows seven tenths of the values may be asked for,
// of groups by the key alone three.
func TestKeysAreSentWhereTheyLeaveOutEnough(t *testing.T) {
	t.Parallel()
	grouped := &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{plan.PassOn(customer)}, Single: []plan.Expr{}}
	byDay := &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{plan.PassOn(customer), plan.PassOn(day)}, Single: []plan.Expr{}}
	other := &plan.Scan{Table: orders, Cols: []plan.Column{{ID: 9}}, Ordinals: []int{2}}
	for _, c := range []struct {
		name string
		root plan.Node
		keys int64
		part bool // the groups are asked for as rows
		want bool
	}{
		{"few of the rows", scanOrders(), 600, false, true},
		{"most of the rows", scanOrders(), 800, false, false},
		{"few of the groups", grouped, 200, false, true},
		{"many of the groups", grouped, 600, false, false},
		{"many of what would be groups", grouped, 600, true, true},
		{"many of finer groups", byDay, 600, false, true},
		{"too many keys, close together", scanOrders(), 50_001, false, false},
	} {
		r := &plan.Remote{Source: orders.Source, Root: c.root}
		d := &reduction{known: ordersKnown, nodes: []plan.Node{r, other}, leafOf: map[plan.ColumnID]int{9: 1}, apart: func(*plan.Remote) bool { return c.part }}
		keys := upTo(c.keys)
		one := plan.Reduction{Column: customer, By: []plan.ColumnID{9}, Keys: &plan.Literal{Of: customer.Type}}
		if _, got := d.worth(r, one, toldKeys{keys, d.telling(keys, r.Source.Kind, one.Keys.Of)}, 9); got != c.want {
			t.Errorf("%s: worth %t", c.name, got)
		}
	}
}

// TestKeysThatSaveLessThanTheyAreStayHere: what other keys have left decides.
func TestKeysThatSaveLessThanTheyAreStayHere(t *testing.T) {
	t.Parallel()
	ofCustomer := plan.Reduction{Column: customer, By: []plan.ColumnID{9}, Keys: &plan.Literal{Of: customer.Type}}
	ofDay := plan.Reduction{Column: day, By: []plan.ColumnID{10}, Keys: &plan.Literal{Of: day.Type}}
	grouped := &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{plan.PassOn(customer)}}
	for _, c := range []struct {
		name   string
		root   plan.Node
		offers []offer
		want   []offer
	}{
		{"few keys", scanOrders(), []offer{{Reduction: ofCustomer, toldKeys: toldKeys{upTo(600), listed}, share: 0.6}}, []offer{{Reduction: ofCustomer}}},
		{"as many as rows", scanOrders(), []offer{{Reduction: ofCustomer, toldKeys: toldKeys{upTo(6_000), listed}, share: 0.6}}, nil},
		{"bounds", scanOrders(), []offer{{Reduction: ofCustomer, toldKeys: toldKeys{upTo(6_000), ends}, share: 0.6}}, []offer{{Reduction: ofCustomer}}},
		{"many after few", scanOrders(), []offer{{Reduction: ofCustomer, toldKeys: toldKeys{upTo(900), listed}, share: 0.5}, {Reduction: ofDay, toldKeys: toldKeys{upTo(20), listed}, share: 0.1}}, []offer{{Reduction: ofDay}}},
		{"few groups of many rows", grouped, []offer{{Reduction: ofCustomer, toldKeys: toldKeys{upTo(900), listed}, share: 0.5}}, []offer{{Reduction: ofCustomer}}},
	} {
		d := &reduction{known: ordersKnown}
		same := func(a, b offer) bool { return a.Column.ID == b.Column.ID }
		if got := d.saving(&plan.Remote{Root: c.root}, c.offers); !slices.EqualFunc(got, c.want, same) {
			t.Errorf("%s: %d of %d are told", c.name, len(got), len(c.offers))
		}
	}
}

// TestManyKeysAreBounds: beyond what fits into a statement their least and greatest are told.
func TestManyKeysAreBounds(t *testing.T) {
	t.Parallel()
	r := &plan.Remote{Source: &catalog.Source{Kind: catalog.MariaDB}, Root: scanOrders()}
	large := known{orders: {Rows: 1e7, Columns: []catalog.ColumnStatistics{{}, {Distinct: 1e6, Min: "1", Max: "1000000"}, {}}}}
	d := &reduction{known: large, nodes: []plan.Node{r}, leafOf: map[plan.ColumnID]int{}}
	one := plan.Reduction{Column: customer, Keys: &plan.Literal{Of: customer.Type}}
	if _, worth := d.worth(r, one, toldKeys{upTo(60_000), ends}, 9); !worth {
		t.Error("sixty thousand keys next to each other leave out nearly all of a million")
	}
	if _, worth := d.worth(r, one, toldKeys{with(upTo(60_000), "900000"), ends}, 9); worth {
		t.Error("one key far away leaves out nothing")
	}
	one.Keys = &plan.Literal{Of: pgtype.Of(pgtype.Text)}
	if _, worth := d.worth(r, one, toldKeys{upTo(60_000), ends}, 9); worth {
		t.Error("texts have no bounds that are the same everywhere")
	}
}

// TestGuessesAreToldFromStatistics: a range or a value is known of, a sum beyond a bound is not.
func TestGuessesAreToldFromStatistics(t *testing.T) {
	t.Parallel()
	total := plan.Column{ID: 8, Name: "total", Type: pgtype.Of(pgtype.Numeric)}
	having := &plan.Filter{Input: scanOrders(), Conjuncts: []plan.Expr{compared(customer, "=", "7"), compared(total, ">", "300")}}
	ranged := &plan.Filter{Input: scanOrders(), Conjuncts: []plan.Expr{compared(day, ">", "1995-01-01"), compared(customer, "=", "7")}}
	if ordersKnown.guesses(ranged) || !ordersKnown.guesses(having) {
		t.Error("took one for the other")
	}
}
