package mysql

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// histogram is what MySQL keeps of a column for which ANALYZE TABLE … UPDATE HISTOGRAM was
// run (MySQL manual, "The INFORMATION_SCHEMA COLUMN_STATISTICS Table"). A bucket is
// [value, cumulative frequency], or [first, last, cumulative frequency, distinct values].
type histogram struct {
	Buckets [][]json.RawMessage `json:"buckets"`
	Nulls   float64             `json:"null-values"`
}

// unknownTable is the error of a server that has no such table of the catalog: MariaDB.
const unknownTable = 1109

// histograms adds what the server knows of columns, where it has been asked to.
func (d *describing) histograms() error {
	rows, err := d.c.rows(d.ctx, `SELECT IF(SCHEMA_NAME = database(), '', SCHEMA_NAME), SCHEMA_NAME, TABLE_NAME, COLUMN_NAME, HISTOGRAM
		FROM information_schema.COLUMN_STATISTICS WHERE (SCHEMA_NAME, TABLE_NAME) IN `+tableList(d.tables))
	if answer, ok := err.(*driver.MySQLError); ok && answer.Number == unknownTable {
		return nil
	}
	for _, r := range rows {
		var h histogram
		if json.Unmarshal([]byte(r[4]), &h) != nil {
			continue // of a version to come: nothing is known then
		}
		d.each(r, func(one *connectors.Description) {
			column := slices.IndexFunc(one.Table.Columns, func(c *catalog.Column) bool { return strings.EqualFold(physicalName(c), r[3]) })
			if column >= 0 && one.Statistics != nil {
				h.describe(&one.Statistics.Columns[column])
			}
		})
	}
	return err
}

func (h histogram) describe(c *catalog.ColumnStatistics) {
	c.NullFraction = h.Nulls
	distinct := 0.0
	for _, b := range h.Buckets {
		count := 1.0
		if len(b) == 4 {
			_ = json.Unmarshal(b[3], &count)
		}
		distinct += count
	}
	if distinct > 0 {
		c.Distinct = distinct
		first, last := h.Buckets[0], h.Buckets[len(h.Buckets)-1]
		c.Min, c.Max = bound(first[0]), bound(last[max(len(last)-3, 0)])
	}
}

// bound gives the text of a bucket's value; strings come as "base64:type254:djA=".
func bound(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	encoded, ok := strings.CutPrefix(text, "base64:")
	if !ok {
		return text
	}
	_, encoded, _ = strings.Cut(encoded, ":")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return ""
	}
	return string(raw)
}
