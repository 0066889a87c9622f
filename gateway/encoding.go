package gateway

import (
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// encodings are PostgreSQL's names for character sets (manual, "Supported Character
// Sets") but those Sluice speaks, as lower-case letters and digits.
var encodings = regexp.MustCompile(`^(big5|euc(cn|jis2004|jp|kr|tw)|gb18030|gbk|iso8859\d+|johab|koi8[ru]?|latin\d+|mskanji|` +
	`shiftjis(2004)?|sjis|uhc|win(dows)?\d*|abc|alt|tcvn\d*|vscii|muleinternal)$`)

// clientEncoding takes UTF8, and SQL_ASCII, which means that nothing is converted.
func clientEncoding(p parameter, value, _ string) (string, error) {
	switch name := encodingName(value); {
	case name == "utf8" || name == "unicode":
		return "UTF8", nil
	case name == "sqlascii":
		return "SQL_ASCII", nil
	case encodings.MatchString(name):
		return "", sqlstate.Unsupported("client_encoding %s", value).WithHint("Sluice speaks UTF8.")
	}
	return "", invalid(p, value)
}

// encodingName leaves letters and digits, as PostgreSQL compares such names.
func encodingName(value string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(value))
}
