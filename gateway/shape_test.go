package gateway

import (
	"bytes"
	"testing"
)

func TestShapeOf(t *testing.T) {
	for _, c := range []struct{ text, shape, values string }{
		{"SELECT a FROM t WHERE id = 5", "SELECT a FROM t WHERE id = $1", "5"},
		{"select a from t where id=12345678 and b = 7;", "select a from t where id=$1 and b = $2;", "12345678 7"},
		{"SELECT 'x = 5' FROM t WHERE id = 6", "SELECT 'x = 5' FROM t WHERE id = $1", "6"},
		{`SELECT "x = 5" FROM t WHERE id = 6`, `SELECT "x = 5" FROM t WHERE id = $1`, "6"},
		{"SELECT 'it''s = 5' FROM t WHERE id = 6 LIMIT 1", "SELECT 'it''s = 5' FROM t WHERE id = $1 LIMIT 1", "6"},
		{"SELECT t1.a FROM t1 WHERE t1.id = 6", "SELECT t1.a FROM t1 WHERE t1.id = $1", "6"},
		{"SELECT a FROM t WHERE id >= 5", "", ""},
		{"SELECT a FROM t WHERE id <= 5 OR id != 3 OR id @= 4", "", ""},
		{"SELECT a FROM t WHERE id = -5", "", ""},
		{"SELECT a FROM t WHERE id = 05", "", ""},
		{"SELECT a FROM t WHERE id = 5.0", "", ""},
		{"SELECT a FROM t WHERE id = 5e3", "", ""},
		{"SELECT a FROM t WHERE id = 0x5", "", ""},
		{"SELECT a FROM t WHERE id = 5000000000", "", ""},
		{"SELECT a FROM t WHERE id = $1 AND b = 5", "", ""},
		{"SELECT a FROM t WHERE id = 5 -- = 6", "", ""},
		{"SELECT a FROM t WHERE id = 5 /* = 6 */", "", ""},
		{`SELECT E'\' = 5' FROM t WHERE id = 5`, "", ""},
		{"SELECT a FROM t WHERE id = 5; SELECT 1", "", ""},
		{"SELECT 'x FROM t WHERE id = 5", "", ""},
		{"DELETE FROM t WHERE id = 5", "", ""},
		{" SELECT a FROM t WHERE id = 5", "", ""},
		{"SELECT a FROM t", "", ""},
		{"", "", ""},
	} {
		shape, values, ok := shapeOf(c.text)
		if !ok {
			shape = ""
		}
		if got := string(bytes.Join(values, []byte(" "))); shape != c.shape || ok && got != c.values {
			t.Errorf("%s\ngives %q %q\nwant  %q %q", c.text, shape, got, c.shape, c.values)
		}
	}
}
