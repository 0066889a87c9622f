package pgfunctions

import (
	"encoding/hex"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// identifiers: pg_uuid_in(VARCHAR) VARCHAR.
func identifiers() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_uuid_in", readUUID),
	}
}

// readUUID reads 32 hexadecimal digits, a hyphen allowed behind each fourth, braces
// around all (uuid.c: string_to_uuid).
func readUUID(text string) (string, error) {
	s := text
	if strings.HasPrefix(s, "{") {
		inner, closed := strings.CutSuffix(s[1:], "}")
		if !closed {
			return "", badSyntax("uuid", text)
		}
		s = inner
	}
	digits := make([]byte, 0, 32)
	for i := 0; i < len(s); i++ {
		if s[i] == '-' && len(digits) > 0 && len(digits)%4 == 0 && len(digits) < 32 && s[i-1] != '-' {
			continue
		}
		digits = append(digits, s[i])
	}
	raw, err := hex.DecodeString(string(digits))
	if err != nil || len(raw) != 16 {
		return "", badSyntax("uuid", text)
	}
	d := hex.EncodeToString(raw)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:], nil
}
