package pgtext

import "bytes"

// blanks are what PostgreSQL's isspace takes for space in the texts of records and ranges.
const blanks = " \t\n\v\f\r"

// QuoteField puts buf[at:], a field of a record, into quotes where its text needs them
// (record_out of rowtypes.c). A field that is NULL is no text at all: it is left out.
func QuoteField(buf []byte, at int) []byte { return quoted(buf, at, `"\(),`+blanks) }

// QuoteBound does the same for a bound of a range (range_bound_escape of rangetypes.c).
func QuoteBound(buf []byte, at int) []byte { return quoted(buf, at, `"\()[],`+blanks) }

// quoted puts a text that is empty or has any of some characters into quotes; quotes and
// backslashes within are doubled.
func quoted(buf []byte, at int, special string) []byte {
	text := buf[at:]
	if len(text) > 0 && !bytes.ContainsAny(text, special) {
		return buf
	}
	text = bytes.Clone(text)
	buf = append(buf[:at], '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			buf = append(buf, c)
		}
		buf = append(buf, c)
	}
	return append(buf, '"')
}
