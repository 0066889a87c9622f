package duckdb

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
)

func TestJSONContract(t *testing.T) {
	h := harness(func(t testing.TB, dir string, tables []*conntest.Table) *catalog.Source {
		for _, table := range tables {
			var b strings.Builder
			for _, row := range table.Rows {
				object := map[string]any{}
				for i, cell := range row {
					if cell != conntest.Null || i > 2 { // some keys are missing, others null
						object[table.Columns[i].Name] = jsonValue(cell, table.Columns[i].Type)
					}
				}
				line, err := json.Marshal(object)
				if err != nil {
					t.Fatal(err)
				}
				b.Write(append(line, '\n'))
			}
			write(t, filepath.Join(dir, table.Physical.Name+".ndjson"), b.String())
			table.Physical = catalog.Physical{Name: table.Physical.Name, Path: table.Physical.Name + ".ndjson"}
		}
		return &catalog.Source{Domain: "crm", Name: "feed", Kind: catalog.Files, Path: dir}
	})
	h.Skips["json"] = "its text is the engine's print, not the file's"
	h.Skips["text[]"] = "written as text here"
	h.Skips["numeric(10,2)[]"] = "written as text here"
	h.Skips["integer[]"] = "written as text here"
	runContract(t, h)
}

// jsonValue writes numbers as numbers where JSON has them, all else as strings.
func jsonValue(cell string, t pgtype.Type) any {
	switch {
	case cell == conntest.Null:
		return nil
	case t.OID == pgtype.Bool:
		return cell == "t"
	case t.OID == pgtype.Int4 || t.OID == pgtype.Int8:
		return json.Number(cell)
	case t.OID == pgtype.Float8:
		if f, err := strconv.ParseFloat(cell, 64); err == nil && !strings.ContainsAny(cell, "Ny") {
			return f
		}
	}
	return cell
}
