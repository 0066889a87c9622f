package duckdb

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// dialect is how CSV files are written. It is stated, never guessed: a guess may change
// with the data. The defaults are those of PostgreSQL's COPY … CSV, with a header.
type dialect struct {
	delimiter, quote, escape, null string
	header                         bool
}

func dialectOf(options map[string]string, t *catalog.Table) dialect {
	d := dialect{delimiter: ",", quote: `"`, escape: `"`, header: true}
	if strings.Contains(strings.ToLower(t.Physical.Path), ".tsv") {
		d.delimiter = "\t"
	}
	for name, to := range map[string]*string{"delimiter": &d.delimiter, "quote": &d.quote, "escape": &d.escape, "null": &d.null} {
		if value, ok := options[name]; ok {
			*to = strings.ReplaceAll(value, `\t`, "\t")
		}
	}
	d.header = options["header"] != "false"
	return d
}

// csvColumns gives the names of the columns in their order in the files: those of the
// header, else the contract's. Files with different headers are refused: the engine
// would read them by position.
func (s *Source) csvColumns(t *catalog.Table, d dialect, files []string) ([]string, error) {
	if !d.header {
		var names []string
		for _, c := range t.Columns {
			names = append(names, physicalName(c))
		}
		return names, nil
	}
	var first []string
	for _, file := range files {
		names, err := readHeader(file, d)
		switch {
		case err != nil:
			return nil, sqlstate.New(sqlstate.SystemError, "domain %s: the header of file %s of source %s cannot be read", s.of.Domain, filepath.Base(file), s.of.Name)
		case first == nil:
			first = names
		case !slices.Equal(first, names):
			return nil, sqlstate.New(sqlstate.SystemError, "domain %s: file %s of source %s has other columns than the files before it", s.of.Domain, filepath.Base(file), s.of.Name)
		}
	}
	return first, nil
}

func readHeader(name string, d dialect) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := io.Reader(file)
	if strings.HasSuffix(strings.ToLower(name), ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			return nil, err
		}
	}
	buffered := bufio.NewReader(io.LimitReader(in, 1<<20))
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	r := csv.NewReader(buffered)
	r.Comma = []rune(d.delimiter + ",")[0]
	r.LazyQuotes = true
	names, err := r.Read()
	return names, err
}
