package gateway

import (
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// unserved are PostgreSQL's names for character sets of several bytes (manual, "Supported
// Character Sets"), as lower-case letters and digits.
var unserved = regexp.MustCompile(`^(big5|euc(cn|jis2004|jp|kr|tw)|gb18030|gbk|windows9(32|36|49|50)|johab|mskanji|shiftjis(2004)?|sjis|uhc|muleinternal)$`)

// clientEncoding takes UTF8, SQL_ASCII, which means that nothing is converted, and the
// character sets of one byte.
func clientEncoding(p parameter, value, _ string) (string, error) {
	name := encodingName(value)
	set := charset.Find(name)
	switch {
	case name == "utf8" || name == "unicode":
		return "UTF8", nil
	case name == "sqlascii":
		return "SQL_ASCII", nil
	case set != nil:
		return set.Name(), nil
	case unserved.MatchString(name):
		return "", sqlstate.Unsupported("client_encoding %s", value).WithHint("Sluice speaks UTF8 and character sets of one byte.")
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
