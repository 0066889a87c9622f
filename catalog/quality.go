package catalog

import (
	"math/big"
	"strings"
)

// Quality is a rule about data that a contract states (ODCS, "Data Quality"). Rules bind
// nobody who reads; `sluice check --live` asks whether they hold.
type Quality struct {
	Name       string   // its id or name, else the metric
	Column     string   // the rule's column; "": it is about the table
	Kind       string   // library, sql, text, custom
	Metric     string   // of library: one of Metrics
	Missing    []string // texts that count as missing, for missingValues
	Valid      []string // texts that are valid, for invalidValues; nil: Pattern says
	Pattern    string
	Properties []string // columns that are to be different together, for duplicateValues
	Query      string   // of sql: one value
	Percent    bool     // the metric is in parts of a hundred of all rows
	Compare    string   // one of Comparisons
	Bounds     []string // what it is compared with: two for those between, else one
	Severity   string   // error, warning, info
	Position   string   // file:line:column
}

// Metrics are those of the standard's library.
var Metrics = []string{"rowCount", "nullValues", "missingValues", "invalidValues", "duplicateValues"}

// Comparisons are how a rule says what a value must be.
var Comparisons = []string{
	"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
}

// Holds tells whether a value is what the rule says it must be. Numbers compare as
// numbers; NULL, which known says no of, fulfils nothing.
func (q Quality) Holds(value string, known bool) bool {
	if !known || len(q.Bounds) == 0 {
		return false
	}
	order := compareValues(value, q.Bounds[0])
	switch q.Compare {
	case "mustBe":
		return order == 0
	case "mustNotBe":
		return order != 0
	case "mustBeGreaterThan":
		return order > 0
	case "mustBeGreaterOrEqualTo":
		return order >= 0
	case "mustBeLessThan":
		return order < 0
	case "mustBeLessOrEqualTo":
		return order <= 0
	}
	if len(q.Bounds) != 2 {
		return false
	}
	between := order >= 0 && compareValues(value, q.Bounds[1]) <= 0
	return between == (q.Compare == "mustBeBetween")
}

func compareValues(a, b string) int {
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	if ok1 && ok2 {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}
