package pgformat

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// Standard is what a text says by a pattern under the stricter rules of SQL/JSON
// (formatting.c, parse_datetime), and which parts the pattern has.
type Standard struct {
	Read
	Dated, Timed bool
}

// ReadStandard reads a text by a pattern of SQL/JSON: all of it, with no field missing and
// nothing beside the fields but what the pattern has there.
func ReadStandard(text, format string) (Standard, error) {
	r := &dateReader{rest: text, whole: text, nodes: parse(format, dateWords, true), values: map[string]int{}, fixed: true, standard: true}
	var out Standard
	zoned := false
	for _, n := range r.nodes {
		switch {
		case n.kind == action:
			d, t, z := partsOf(n.word)
			out.Dated, out.Timed, zoned = out.Dated || d, out.Timed || t, zoned || z
		case n.kind == character && !n.quoted && strings.IndexByte("-./,':; ", n.text[0]) < 0,
			n.kind == separator && strings.IndexByte("-./,':; ", n.text[0]) < 0:
			return out, badDate("invalid datetime format separator: \"%s\"", n.text)
		}
	}
	if err := r.run(); err != nil {
		return out, err
	}
	if r.at < len(r.nodes) {
		return out, badDate("input string is too short for datetime format")
	}
	if strings.Trim(r.rest, " \t\n\v\f\r") != "" {
		return out, badDate("trailing characters remain in input string after datetime format")
	}
	switch {
	case !out.Dated && !out.Timed:
		return out, badDate("datetime format is not dated and not timed")
	case zoned && !out.Timed:
		return out, badDate("datetime format is zoned but not timed")
	}
	var err error
	out.Read, err = r.result()
	return out, err
}

// partsOf tells which part of a moment a keyword is of.
func partsOf(k *keyword) (dated, timed, zoned bool) {
	switch {
	case slices.Contains(strings.Fields("A.M. AM P.M. PM HH24 HH12 HH MI MS SSSSS SSSS SS US FF1 FF2 FF3 FF4 FF5 FF6"), k.id):
		return false, true, false
	case slices.Contains(strings.Fields("TZ TZH TZM OF"), k.id):
		return false, false, true
	}
	return k.id != "FX", false, false
}

// zone reads an abbreviation, or an offset with or without minutes.
func (r *dateReader) zone(n node, id string) error {
	if id == "TZ" && r.abbreviation() {
		return nil
	}
	if err := r.zoneHours(n); err != nil || !strings.HasPrefix(r.rest, ":") {
		return err
	}
	r.rest = r.rest[1:]
	_, err := r.number(n, "tzm", 2)
	return err
}

// abbreviation takes the longest one that the letters begin with.
func (r *dateReader) abbreviation() bool {
	end := 0
	for end < len(r.rest) && r.rest[end]|0x20 >= 'a' && r.rest[end]|0x20 <= 'z' {
		end++
	}
	for ; end > 0; end-- {
		for _, a := range datetime.Abbreviations(time.Now()) {
			if strings.EqualFold(a.Name, r.rest[:end]) {
				r.zoneSign, r.abbreviated, r.rest = 1, a.Offset, r.rest[end:]
				return true
			}
		}
	}
	return false
}
