package clients

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// A script prints lines of four kinds:
//
//	version 1.2.3        the client's own version
//	ok name              a check that the script has judged itself
//	not ok name: why
//	# name               begins a check: all lines up to the next of these must be the same
//	                     on both servers
//
// A script may leave a check out on a server for which it makes no sense.

// result is what became of one client.
type result struct {
	version  string
	checks   int
	failures []string
}

// judge compares what a client printed on Sluice and on PostgreSQL.
func judge(ours, theirs string) result {
	got, want := read(ours), read(theirs)
	r := result{version: got.version, checks: len(got.names), failures: got.broken}
	for _, name := range got.names {
		text, compared := got.text[name]
		if expected, there := want.text[name]; compared && there && masked(text) != masked(expected) {
			r.failures = append(r.failures, fmt.Sprintf("not ok %s: differs from PostgreSQL\n%s", name, difference(masked(text), masked(expected))))
		}
	}
	for _, name := range want.names {
		if _, there := got.text[name]; !there && want.text[name] != "" {
			r.checks++
			r.failures = append(r.failures, fmt.Sprintf("not ok %s: not reached", name))
		}
	}
	for _, broken := range want.broken {
		r.checks++
		r.failures = append(r.failures, "on PostgreSQL too: "+broken)
	}
	if r.checks == 0 {
		r.checks, r.failures = 1, append(r.failures, "not ok: no check was made\n"+ours)
	}
	return r
}

// output is what a script printed, by check.
type output struct {
	version string
	names   []string
	text    map[string]string
	broken  []string
}

var plainLine = regexp.MustCompile(`^(version|ok|not ok|#) (.*)$`)

func read(printed string) output {
	o := output{text: map[string]string{}}
	current := ""
	for line := range strings.Lines(printed) {
		m := plainLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		switch {
		case m == nil && current != "":
			o.text[current] += line
		case m == nil:
		case m[1] == "version":
			o.version, current = m[2], ""
		case m[1] == "#":
			current = m[2]
			o.names, o.text[current] = append(o.names, current), ""
		case m[1] == "ok":
			o.names, current = append(o.names, m[2]), ""
		default:
			o.names, current = append(o.names, m[2]), ""
			o.broken = append(o.broken, strings.TrimRight(line, "\r\n"))
		}
	}
	return o
}

var (
	userOID  = regexp.MustCompile(`\b(1[6-9][0-9]{3}|[1-9][0-9]{5,9})(_[0-9]+_not_null)?\b`)
	sizes    = regexp.MustCompile(`\b[0-9]+ (bytes|kB|MB)`)
	owners   = regexp.MustCompile(`\b(postgres|sluice|stewards?|somebody)\b`)
	padding  = regexp.MustCompile(`[ \t]+`)
	ruler    = regexp.MustCompile(`-{3,}`)
	trailing = regexp.MustCompile(`(?m)[ \t\r]+$`)
)

// masked hides what is each server's to choose: OIDs, owners, sizes, and the widths of
// columns that follow from those.
func masked(text string) string {
	text = sizes.ReplaceAllString(userOID.ReplaceAllString(text, "#"), "size")
	text = owners.ReplaceAllString(text, "owner")
	text = ruler.ReplaceAllString(padding.ReplaceAllString(text, " "), "---")
	return strings.TrimSpace(trailing.ReplaceAllString(text, ""))
}

// difference shows the first lines in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	line := func(lines []string, i int) string {
		if i < len(lines) {
			return lines[i]
		}
		return "(nothing)"
	}
	var b strings.Builder
	for i, shown := 0, 0; i < max(len(g), len(w)) && shown < 6; i++ {
		if line(g, i) != line(w, i) {
			fmt.Fprintf(&b, "  line %d\n    got  %s\n    want %s\n", i+1, line(g, i), line(w, i))
			shown++
		}
	}
	return b.String()
}

// TestJudge: a difference, a missing check and a failure each count; owners do not.
func TestJudge(t *testing.T) {
	t.Parallel()
	theirs := "version 9\n# one\na | postgres\n# two\nb\n# three\nc\n"
	for _, c := range []struct {
		ours           string
		checks, failed int
	}{
		{"version 9\n# one\na | steward\n# two\nb\n# three\nc\n", 3, 0},
		{"version 9\n# one\na | steward\n# two\nB\n# three\nc\n", 3, 1},
		{"version 9\n# one\na | steward\nok own\nnot ok other: why\n", 5, 3},
		{"Traceback\n", 3, 3},
	} {
		r := judge(c.ours, theirs)
		if r.checks != c.checks || len(r.failures) != c.failed {
			t.Errorf("%q: %d checks, %d failed, want %d, %d\n%s", c.ours, r.checks, len(r.failures), c.checks, c.failed, strings.Join(r.failures, "\n"))
		}
	}
}
