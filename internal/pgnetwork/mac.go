package pgnetwork

import (
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// A Mac is a macaddr of six bytes or a macaddr8 of eight.
type Mac []byte

// ParseMac reads a macaddr (mac.c, macaddr_in), or a macaddr8.
func ParseMac(text string, eight bool) (Mac, error) {
	if eight {
		return parseMac8(text)
	}
	for _, form := range macForms {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var a Mac
		for _, octet := range m[1:] {
			if octet = strings.TrimLeft(octet, "0"); len(octet) > 2 {
				return nil, sqlstate.New(sqlstate.NumericValueOutOfRange, `invalid octet value in "macaddr" value: "%s"`, text)
			}
			b, _ := hex.DecodeString(("00" + octet)[len(octet):])
			a = append(a, b[0])
		}
		return a, nil
	}
	return nil, badMac("macaddr", text)
}

func badMac(name, text string) error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, `invalid input syntax for type %s: "%s"`, name, text)
}

// macForms are the ways to write a macaddr.
var macForms = func() (all []*regexp.Regexp) {
	const some, two = `([0-9a-fA-F]+)`, `([0-9a-fA-F]{2})`
	for _, form := range []string{
		strings.Repeat(some+":", 5) + some, strings.Repeat(some+"-", 5) + some,
		two + two + two + ":" + two + two + two, two + two + two + "-" + two + two + two,
		two + two + `\.` + two + two + `\.` + two + two, two + two + "-" + two + two + "-" + two + two, strings.Repeat(two, 6),
	} {
		all = append(all, regexp.MustCompile(`^[ \t\n\v\f\r]*`+form+`[ \t\n\v\f\r]*$`))
	}
	return all
}()

const macBlanks = " \t\n\v\f\r"

// parseMac8 reads pairs of digits with one kind of mark between some (mac8.c, macaddr8_in).
func parseMac8(text string) (Mac, error) {
	bad := badMac("macaddr8", text)
	rest := strings.TrimLeft(text, macBlanks)
	var a Mac
	mark := byte(0)
	for len(rest) >= 2 {
		b, err := hex.DecodeString(rest[:2])
		if err != nil || len(a) == 8 {
			return nil, bad
		}
		a, rest = append(a, b[0]), rest[2:]
		if rest != "" && strings.IndexByte(":-.", rest[0]) >= 0 {
			if mark != 0 && mark != rest[0] {
				return nil, bad
			}
			mark, rest = rest[0], rest[1:]
		}
		if (len(a) == 6 || len(a) == 8) && rest != "" && strings.IndexByte(macBlanks, rest[0]) >= 0 {
			if rest = strings.TrimLeft(rest, macBlanks); rest != "" {
				return nil, bad
			}
		}
	}
	switch len(a) {
	case 6:
		return a.Eight(), nil
	case 8:
		return a, nil
	}
	return nil, bad
}

// String prints bytes with colons.
func (a Mac) String() string {
	list := make([]string, len(a))
	for i, b := range a {
		list[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(list, ":")
}

// Eight gives a macaddr as a macaddr8.
func (a Mac) Eight() Mac { return Mac{a[0], a[1], a[2], 0xff, 0xfe, a[3], a[4], a[5]} }

// Six gives a macaddr8 as the macaddr it was made of.
func (a Mac) Six() (Mac, error) {
	if a[3] != 0xff || a[4] != 0xfe {
		return nil, sqlstate.New(sqlstate.NumericValueOutOfRange, "macaddr8 data out of range to convert to macaddr").
			WithHint("Only addresses that have FF and FE as values in the 4th and 5th bytes from the left, for example xx:xx:xx:ff:fe:xx:xx:xx, are eligible to be converted from macaddr8 to macaddr.")
	}
	return Mac{a[0], a[1], a[2], a[5], a[6], a[7]}, nil
}

// Each gives an address whose bytes are what f makes of those of two.
func (a Mac) Each(b Mac, f func(x, y byte) byte) Mac {
	out := make(Mac, len(a))
	for i := range a {
		out[i] = f(a[i], b[i])
	}
	return out
}
