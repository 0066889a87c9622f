package pgfunctions

import (
	"encoding/hex"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgnetwork"
)

// macs are functions of macaddr and macaddr8, which stand as VARCHAR as they are printed:
// pg_mac_in(VARCHAR, eight), pg_mac_with('~', '&', '|', 'trunc' or 'set7bit', mac, mac), pg_mac_eight(mac), pg_mac_six(mac).
func macs() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_mac_in", func(s string, eight bool) (string, error) {
			a, err := pgnetwork.ParseMac(s, eight)
			return a.String(), err
		}),
		duckdb.Func3("pg_mac_with", func(what, x, y string) (string, error) {
			a, b := macOf(x), macOf(y)
			switch what {
			case "trunc":
				return append(a[:3], make([]byte, len(a)-3)...).String(), nil
			case "set7bit":
				a[0] |= 2
				return a.String(), nil
			}
			return a.Each(b, macOperators[what]).String(), nil
		}),
		duckdb.Func1("pg_mac_eight", func(s string) (string, error) { return macOf(s).Eight().String(), nil }),
		duckdb.Func1("pg_mac_six", func(s string) (string, error) {
			a, err := macOf(s).Six()
			return a.String(), err
		}),
	}
}

var macOperators = map[string]func(x, y byte) byte{
	"~": func(x, _ byte) byte { return ^x }, "&": func(x, y byte) byte { return x & y }, "|": func(x, y byte) byte { return x | y },
}

// macOf reads what was printed here.
func macOf(s string) pgnetwork.Mac {
	a, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil {
		panic("pgfunctions: " + s + " as an address")
	}
	return a
}
