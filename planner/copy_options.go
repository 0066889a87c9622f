package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// CopyOptions say how COPY writes and reads rows.
type CopyOptions struct {
	Format        string // text, csv, binary
	Delimiter     byte
	Quote, Escape byte // csv
	Null          string
	Header        bool
	ForceQuote    []string // csv: columns quoted always
	ForceQuoteAll bool
}

// copyOptions reads the options, the old syntax's too: the parser makes one of both.
// Checks and their order are those of PostgreSQL's ProcessCopyOptions.
func copyOptions(text string, list []*pg_query.Node, from bool) (CopyOptions, error) {
	given := map[string]*pg_query.DefElem{}
	for _, n := range list {
		d := n.GetDefElem()
		if !copyOptionNames[d.Defname] {
			return CopyOptions{}, sqlstate.New(sqlstate.SyntaxError, "option %q not recognized", d.Defname).At(position(text, d.Location))
		}
		if given[d.Defname] != nil {
			return CopyOptions{}, sqlstate.New(sqlstate.SyntaxError, "conflicting or redundant options").At(position(text, d.Location))
		}
		given[d.Defname] = d
	}
	r := &copyReader{text: text, given: given, from: from}
	r.format()
	r.header()
	r.encoding()
	r.characters()
	r.forceQuote()
	r.check()
	return r.o, r.err
}

var copyOptionNames = map[string]bool{
	"format": true, "freeze": true, "delimiter": true, "null": true, "header": true, "quote": true, "escape": true,
	"force_quote": true, "force_not_null": true, "force_null": true, "encoding": true,
}

// copyReader keeps the first error.
type copyReader struct {
	text  string
	given map[string]*pg_query.DefElem
	from  bool // COPY FROM
	o     CopyOptions
	err   error
}

func (r *copyReader) fail(code sqlstate.Code, format string, args ...any) {
	if r.err == nil {
		r.err = sqlstate.New(code, format, args...)
	}
}

func (r *copyReader) has(name string) bool { return r.given[name] != nil }

func (r *copyReader) value(name, otherwise string) string {
	if d := r.given[name]; d != nil {
		return optionText(d.Arg)
	}
	return otherwise
}

func (r *copyReader) format() {
	switch r.o.Format = r.value("format", "text"); r.o.Format {
	case "text", "csv", "binary":
	default:
		r.err = sqlstate.New(sqlstate.InvalidParameterValue, "COPY format %q not recognized", r.o.Format).
			At(position(r.text, r.given["format"].Location))
	}
}

func (r *copyReader) header() {
	d := r.given["header"]
	if d == nil {
		return
	}
	switch strings.ToLower(optionText(d.Arg)) {
	case "true", "on", "1":
		r.o.Header = true
	case "false", "off", "0":
	case "":
		r.o.Header = d.Arg == nil
	case "match":
		if r.from {
			r.err = sqlstate.Unsupported("COPY FROM with HEADER match")
			return
		}
		r.fail(sqlstate.FeatureNotSupported, `cannot use "match" with HEADER in COPY TO`)
	default:
		r.fail(sqlstate.SyntaxError, `header requires a Boolean value or "match"`)
	}
}

func (r *copyReader) encoding() {
	switch e := strings.ToLower(r.value("encoding", "utf8")); e {
	case "utf8", "utf-8", "unicode", "sql_ascii":
	default:
		r.err = sqlstate.Unsupported("COPY with encoding %s", e)
	}
}

// characters are the delimiter, the quote, the escape and the text for NULL.
func (r *copyReader) characters() {
	csv := r.o.Format == "csv"
	if r.o.Format == "binary" {
		for _, name := range []string{"delimiter", "null"} {
			if r.has(name) {
				r.fail(sqlstate.SyntaxError, "cannot specify %s in BINARY mode", strings.ToUpper(name))
			}
		}
	}
	delimiter, null := "\t", `\N`
	if csv {
		delimiter, null = ",", ""
	}
	delimiter, r.o.Null = r.value("delimiter", delimiter), r.value("null", null)
	r.o.Delimiter = r.one("delimiter", delimiter)
	if strings.ContainsAny(delimiter, "\r\n") {
		r.fail(sqlstate.InvalidParameterValue, "COPY delimiter cannot be newline or carriage return")
	}
	if strings.ContainsAny(r.o.Null, "\r\n") {
		r.fail(sqlstate.InvalidParameterValue, "COPY null representation cannot use newline or carriage return")
	}
	if !csv && strings.Contains("\\.abcdefghijklmnopqrstuvwxyz0123456789", delimiter) {
		r.fail(sqlstate.InvalidParameterValue, "COPY delimiter cannot be %q", delimiter)
	}
	if r.o.Format == "binary" && r.o.Header {
		r.fail(sqlstate.FeatureNotSupported, "cannot specify HEADER in BINARY mode")
	}
	r.quotes(csv)
}

func (r *copyReader) quotes(csv bool) {
	if !csv && r.has("quote") {
		r.fail(sqlstate.FeatureNotSupported, "COPY quote available only in CSV mode")
	}
	r.o.Quote = r.one("quote", r.value("quote", `"`))
	if csv && r.o.Delimiter == r.o.Quote {
		r.fail(sqlstate.InvalidParameterValue, "COPY delimiter and quote must be different")
	}
	if !csv && r.has("escape") {
		r.fail(sqlstate.FeatureNotSupported, "COPY escape available only in CSV mode")
	}
	r.o.Escape = r.one("escape", r.value("escape", string(rune(r.o.Quote))))
}

// one gives the byte of an option that is a single one.
func (r *copyReader) one(name, text string) byte {
	if len(text) != 1 {
		r.fail(sqlstate.FeatureNotSupported, "COPY %s must be a single one-byte character", name)
		return 0
	}
	return text[0]
}

func (r *copyReader) forceQuote() {
	if d := r.given["force_quote"]; d != nil {
		if r.o.Format != "csv" {
			r.fail(sqlstate.FeatureNotSupported, "COPY force quote available only in CSV mode")
		}
		if r.from {
			r.fail(sqlstate.FeatureNotSupported, "COPY force quote only available using COPY TO")
		}
		r.o.ForceQuoteAll = d.Arg.GetAStar() != nil
		r.o.ForceQuote = names(d.Arg.GetList().GetItems())
		if !r.o.ForceQuoteAll && len(r.o.ForceQuote) == 0 {
			r.fail(sqlstate.InvalidParameterValue, `argument to option "force_quote" must be a list of column names`)
		}
	}
	for _, option := range [][2]string{{"force_not_null", "force not null"}, {"force_null", "force null"}} {
		switch {
		case !r.has(option[0]):
		case r.o.Format != "csv":
			r.fail(sqlstate.FeatureNotSupported, "COPY %s available only in CSV mode", option[1])
		case r.from:
			r.fail(sqlstate.FeatureNotSupported, "COPY FROM with %s is not supported", option[1])
		default:
			r.fail(sqlstate.FeatureNotSupported, "COPY %s only available using COPY FROM", option[1])
		}
	}
}

// check refuses what could not be read back.
func (r *copyReader) check() {
	if r.o.Format != "binary" && strings.IndexByte(r.o.Null, r.o.Delimiter) >= 0 {
		r.fail(sqlstate.FeatureNotSupported, "COPY delimiter must not appear in the NULL specification")
	}
	if r.o.Format == "csv" && strings.IndexByte(r.o.Null, r.o.Quote) >= 0 {
		r.fail(sqlstate.FeatureNotSupported, "CSV quote character must not appear in the NULL specification")
	}
}
