package meshdir

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// readObject reads one schema object: a table.
func (l *loader) readObject(o *object, c *contract, source *catalog.Source, in place, tags []string) *catalog.Table {
	t := &catalog.Table{
		Object: o.required("name"), ContractID: c.id, Version: c.versionText, Major: c.version.Major, Status: c.status,
		Description: o.text("description"), Source: source, Position: o.position(o.node),
	}
	own := o.texts("tags")
	o.checkTags("tags", own)
	t.Tags = append(append([]string{}, own...), tags...)
	if t.View = l.readView(o); t.View != nil {
		t.Source = nil
	} else if source != nil {
		t.Physical = l.physical(o, t, source, in)
	}
	columns := o.children("properties", "column")
	if len(columns) == 0 {
		_ = o.errorf(o.at("properties"), "schema object %s has no properties", t.Object)
	}
	keys := &keyReader{table: t}
	for i, p := range columns {
		column := l.readColumn(p, t, i+1)
		for _, before := range t.Columns {
			if before.Name == column.Name {
				_ = p.errorf(p.at("name"), "column %q stands twice; first at %s", column.Name, before.Position)
			}
		}
		t.Columns = append(t.Columns, column)
		keys.read(p, i)
		l.readQuality(p, t, column.Name)
		c.readReferences(p, t, column.Name)
		p.end(Warning)
	}
	t.Keys = keys.keys()
	c.readReferences(o, t, "")
	l.readQuality(o, t, "")
	o.ignore("physicalName", "customProperties", "id", "logicalType", "physicalType", "businessName", "authoritativeDefinitions", "dataGranularityDescription")
	o.end(Warning)
	return t
}

// physical says where the object lies: physicalName ("schema.table" too), or for files
// the properties meshPath and meshFormat.
func (l *loader) physical(o *object, t *catalog.Table, source *catalog.Source, in place) catalog.Physical {
	p := catalog.Physical{Schema: in.schema, Name: cmp.Or(o.text("physicalName"), t.Object)}
	for _, custom := range customProperties(o) {
		switch custom.text("property") {
		case "meshPath":
			p.Path = custom.text("value")
			if !filepath.IsLocal(filepath.FromSlash(p.Path)) {
				_ = custom.errorf(custom.at("value"), "path %q leaves the directory of source %s", p.Path, source.Name)
			}
		case "meshFormat":
			p.Format = custom.oneOf("value", "parquet", "csv", "json")
		}
	}
	if source.Kind != catalog.Files {
		if schema, name, ok := strings.Cut(p.Name, "."); ok && !strings.Contains(name, ".") {
			p.Schema, p.Name = schema, name
		}
		p.Path, p.Format = "", ""
		return p
	}
	return l.physicalFile(o, p, source, in)
}

func (l *loader) physicalFile(o *object, p catalog.Physical, source *catalog.Source, in place) catalog.Physical {
	if p.Path == "" {
		p.Path = o.text("physicalName")
	}
	if p.Path == "" {
		_ = o.errorf(o.node, "schema object %s of files has no customProperties meshPath", o.text("name"))
	} else if !filepath.IsLocal(filepath.FromSlash(p.Path)) {
		_ = o.errorf(o.at("physicalName"), "path %q leaves the directory of source %s", p.Path, source.Name)
	}
	if p.Format == "" {
		p.Format = formatOf(p.Path, in.format)
	}
	if p.Format == "" && p.Path != "" {
		_ = o.errorf(o.node, "the format of %q is not known; name it in customProperties meshFormat: parquet, csv or json", p.Path)
	}
	p.Name, p.Schema = "", ""
	return p
}

// formatOf tells a file's format by its ending, compressed ones too.
func formatOf(name, otherwise string) string {
	for _, ending := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, ending)
	}
	switch path.Ext(name) {
	case ".parquet":
		return "parquet"
	case ".csv", ".tsv":
		return "csv"
	case ".json", ".ndjson", ".jsonl":
		return "json"
	}
	if slices.Contains([]string{"parquet", "csv", "json"}, otherwise) {
		return otherwise
	}
	return ""
}
