package meshdir

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Severity says whether a diagnostic keeps a file from being served.
type Severity uint8

// An error leaves the domain of its file out, or fails the load where the file is no
// domain's. A warning does neither. Error is the zero value.
const (
	Error Severity = iota
	Warning
)

// Diagnostic is one thing to mend in a mesh directory.
type Diagnostic struct {
	File         string // relative to the mesh directory
	Line, Column int    // 1-based
	Severity     Severity
	Message      string
	Suggestion   string // a name that was probably meant; "" where none is near
}

// String prints file:line:column: message, as editors and terminals link it.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", d.File, d.Line, d.Column)
	if d.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(d.Message)
	if d.Suggestion != "" {
		fmt.Fprintf(&b, "; did you mean %q?", d.Suggestion)
	}
	return b.String()
}

// Diagnostics are everything a load has to say, ordered by file and position.
type Diagnostics []Diagnostic

// Failed tells whether one of them is an error.
func (ds Diagnostics) Failed() bool {
	for _, d := range ds {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// String prints one diagnostic a line.
func (ds Diagnostics) String() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// domain names the domain whose directory a file lies in; "" for a file of the mesh.
func domainOf(file string) string {
	rest, ok := strings.CutPrefix(file, "domains/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// failedBelow tells whether there is an error in a folder.
func (ds Diagnostics) failedBelow(folder string) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool {
		return d.Severity == Error && strings.HasPrefix(d.File, folder+"/")
	})
}

// failedIn tells whether there is an error in a domain ("": in the mesh's own files).
func (ds Diagnostics) failedIn(domain string) bool {
	for _, d := range ds {
		if d.Severity == Error && domainOf(d.File) == domain {
			return true
		}
	}
	return false
}

func (ds Diagnostics) sort() {
	sort.SliceStable(ds, func(i, j int) bool {
		a, b := ds[i], ds[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}
