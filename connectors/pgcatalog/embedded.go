package pgcatalog

import (
	"compress/gzip"
	"embed"
	"io"
	"strings"
)

// The files under data are written from a live PostgreSQL 15 by catalog/pgtype/generate,
// in the text format of COPY. pg_proc alone is half a megabyte, hence the compression.
//
//go:embed data/*.tsv.gz
var files embed.FS

// cell is one value in text form.
type cell struct {
	text string
	null bool
}

// embedded tells whether a table's rows are dumped.
func embedded(table string) bool {
	f, err := files.Open("data/" + table + ".tsv.gz")
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// eachLine gives the cells of every row of a dumped table. The slice is reused.
func eachLine(table string, row func(cells []cell)) {
	var cells []cell
	for line := range strings.Lines(unpacked(table)) {
		cells = cells[:0]
		for text := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
			cells = append(cells, cell{text: unescape(text), null: text == `\N`})
		}
		row(cells)
	}
}

func unpacked(table string) string {
	f, err := files.Open("data/" + table + ".tsv.gz")
	if err != nil {
		panic("pgcatalog: " + err.Error()) // embedded: cannot be missing
	}
	defer f.Close()
	var text strings.Builder
	r, err := gzip.NewReader(f)
	if err == nil {
		_, err = io.Copy(&text, r)
	}
	if err != nil {
		panic("pgcatalog: " + table + ": " + err.Error())
	}
	return text.String()
}

var escapes = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\v`, "\v")

// unescape undoes COPY's escapes.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return escapes.Replace(text)
}
