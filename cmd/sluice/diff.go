package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/planner"
)

// diff are the arguments of `sluice diff`.
type diff struct {
	Old string `arg:"" help:"Mesh directory as it is." type:"existingdir"`
	New string `arg:"" help:"Mesh directory as it is to be." type:"existingdir"`
}

// Run prints who gains and who loses what, for review. A difference is no error.
func (d *diff) Run() error {
	before, err := accessOf(d.Old)
	if err != nil {
		return err
	}
	after, err := accessOf(d.New)
	if err != nil {
		return err
	}
	printDiff(os.Stdout, before, after)
	return nil
}

// rights are what one user has on one address: a fact for the table, its rows and each
// column, in words.
type rights map[string]string

// everyAccess is the rights of every user on every address.
type everyAccess map[string]map[string]rights

func accessOf(dir string) (everyAccess, error) {
	mesh, diagnostics := meshdir.Load(dir, meshdir.Options{})
	if mesh == nil {
		return nil, fmt.Errorf("mesh %s cannot be read: %s", dir, diagnostics)
	}
	binder := planner.Predicates{Environment: authorEnvironment()}
	all := everyAccess{}
	for _, u := range mesh.Users {
		who, err := auth.Resolve(mesh, u.Name)
		if err != nil {
			return nil, err
		}
		all[u.Name] = map[string]rights{}
		for _, a := range mesh.Addresses() {
			t, _ := mesh.Table(a)
			access, err := auth.Explain(who, t, binder)
			if err != nil {
				return nil, err
			}
			if access.Visible {
				all[u.Name][a.Schema+"."+a.Name] = rightsOf(access, t, who)
			}
		}
		if may := auth.MayAudit(who); may.All() {
			all[u.Name]["mesh.audit"] = rights{"rows": "every record"}
		} else if may.Any() {
			all[u.Name]["mesh.audit"] = rights{"rows": "the records of what they own"}
		}
	}
	return all, nil
}

func rightsOf(a auth.Access, t *catalog.Table, who auth.Principal) rights {
	r := rights{"": "version " + t.Version}
	if !a.Until.IsZero() {
		r["until"] = a.Until.UTC().Format(time.RFC3339)
	}
	for _, row := range a.Rows {
		if (row.Kind == "filter" || row.Kind == "aggregate only") && !strings.HasPrefix(row.Reason, "binds") {
			continue
		}
		r["rows"] += " " + row.Kind + " " + row.Source + " [" + readOf(who, row.Condition) + "]"
	}
	for _, c := range a.Columns {
		state := c.State
		if c.Mask != "" {
			state += " by " + string(c.Mask) + " of " + c.Policy
		}
		if c.Detail != "" {
			state += " (" + readOf(who, c.Detail) + ")"
		}
		r["column "+c.Column] = state
	}
	return r
}

// ofPrincipal finds what a condition reads of who asks.
var ofPrincipal = regexp.MustCompile(`(?i)\bprincipal\s*\.\s*(attributes\s*\.\s*"?(\w+)|groups)`)

// readOf adds to a condition what it reads of a principal: where that changes, so do the rows.
func readOf(who auth.Principal, condition string) string {
	var values []string
	for _, m := range ofPrincipal.FindAllStringSubmatch(condition, -1) {
		value := "groups " + strings.Join(who.Groups, ", ")
		if m[2] != "" {
			of, known := who.Attributes[m[2]]
			if value = m[2] + " = " + of; !known {
				value = "no " + m[2]
			}
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	if values == nil {
		return condition
	}
	return condition + "; " + strings.Join(values, "; ")
}

// states order what is seen of a column, less to more.
var states = []string{"", "denied", "hidden", "withheld", "masked", "visible"}

func printDiff(out io.Writer, before, after everyAccess) {
	changes := 0
	for _, user := range union(before, after) {
		for _, address := range union(before[user], after[user]) {
			for _, line := range changed(before[user][address], after[user][address]) {
				fmt.Fprintf(out, "%s %s %s\n", user, address, line)
				changes++
			}
		}
	}
	if changes == 0 {
		fmt.Fprintln(out, "nobody gains or loses anything")
	}
}

// changed says what one user gains (+), loses (-) or sees otherwise (~) on one address.
func changed(before, after rights) []string {
	var lines []string
	switch {
	case before == nil:
		lines = append(lines, "+ the product")
	case after == nil:
		return []string{"- the product"}
	}
	for _, fact := range union(before, after) {
		was, is := before[fact], after[fact]
		if was == is || before == nil && (is == "denied" || fact == "") {
			continue
		}
		lines = append(lines, describeChange(fact, was, is))
	}
	return lines
}

func describeChange(fact, was, is string) string {
	name := cmp.Or(fact, "contract")
	sign := "~"
	switch {
	case fact == "until":
		sign = map[int]string{-1: "+", 0: "~", 1: "-"}[cmp.Compare(cmp.Or(was, never), cmp.Or(is, never))]
	case strings.HasPrefix(fact, "column "):
		sign = map[int]string{-1: "+", 0: "~", 1: "-"}[cmp.Compare(rank(was), rank(is))]
	}
	return fmt.Sprintf("%s %s: %s -> %s", sign, name, cmp.Or(strings.TrimSpace(was), "none"), cmp.Or(strings.TrimSpace(is), "none"))
}

// never is later than any end of a grant.
const never = "infinity"

func rank(state string) int {
	word, _, _ := strings.Cut(state, " ")
	return slices.Index(states, word)
}

// union gives the keys of both maps, in order.
func union[V any](a, b map[string]V) []string {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return slices.Sorted(maps.Keys(keys))
}
