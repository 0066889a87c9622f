package catalog

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a semantic version; what follows "-" or "+" is left aside.
type Version struct{ Major, Minor, Patch int }

// ParseVersion reads "2.1.0", "2.1" or "2".
func ParseVersion(text string) (Version, error) {
	v, _, err := parseVersion(text)
	return v, err
}

// parseVersion also says how many parts were written.
func parseVersion(text string) (Version, int, error) {
	core, _, _ := strings.Cut(text, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(strings.TrimPrefix(core, "v"), ".")
	var n [3]int
	if len(parts) > len(n) {
		return Version{}, 0, fmt.Errorf("version %q is not MAJOR.MINOR.PATCH", text)
	}
	for i, p := range parts {
		value, err := strconv.ParseUint(p, 10, 30)
		if err != nil {
			return Version{}, 0, fmt.Errorf("version %q is not MAJOR.MINOR.PATCH", text)
		}
		n[i] = int(value)
	}
	return Version{n[0], n[1], n[2]}, len(parts), nil
}

// Compare orders versions.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}

// VersionRange is a conjunction of bounds such as ">=2 <3". The zero value holds every version.
type VersionRange struct{ bounds []versionBound }

type versionBound struct {
	operator string
	version  Version
	parts    int // written: "=2" holds every 2.x.y
}

// ParseVersionRange reads bounds (>=, >, <=, <, =) parted by spaces.
func ParseVersionRange(text string) (VersionRange, error) {
	var r VersionRange
	for _, field := range strings.Fields(text) {
		number := strings.TrimLeft(field, "<>=")
		operator := field[:len(field)-len(number)]
		switch operator {
		case ">=", ">", "<=", "<", "=":
		case "":
			operator = "="
		default:
			return VersionRange{}, fmt.Errorf("version bound %q: the operators are >=, >, <=, < and =", field)
		}
		version, parts, err := parseVersion(number)
		if err != nil {
			return VersionRange{}, err
		}
		r.bounds = append(r.bounds, versionBound{operator, version, parts})
	}
	return r, nil
}

// Holds tells whether a version lies within all bounds.
func (r VersionRange) Holds(v Version) bool {
	for _, b := range r.bounds {
		if !b.holds(v) {
			return false
		}
	}
	return true
}

func (b versionBound) holds(v Version) bool {
	// Only the parts written take part: 2.1.0 is not greater than "2".
	switch b.parts {
	case 1:
		v.Minor, v.Patch = 0, 0
	case 2:
		v.Patch = 0
	}
	c := v.Compare(b.version)
	switch b.operator {
	case ">=":
		return c >= 0
	case ">":
		return c > 0
	case "<=":
		return c <= 0
	case "<":
		return c < 0
	}
	return c == 0
}
