package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestListsAsBits: long lists of whole numbers mean the same told as bits, at the ends of types and of
// columns without a sign too.
func TestListsAsBits(t *testing.T) {
	t.Parallel()
	m, _, my, oracle := newTwoStores(t)
	oracle.Exec(t, "CREATE SCHEMA my")
	var values []string
	id := 0
	for _, at := range []int64{math.MinInt64, math.MinInt32, -300, 0, math.MaxInt32, math.MaxInt64} {
		for step := range int64(400) {
			if k := at + 3*step - 500; step%7 > 0 && (at < 0) == (k < 0) {
				id++
				values = append(values, fmt.Sprintf("(%d, %d, %s)", id, k, map[bool]string{true: fmt.Sprint(k), false: "NULL"}[k >= 0]))
			}
		}
	}
	values = append(values, "(0, NULL, NULL)", fmt.Sprintf("(-1, %d, %d)", int64(math.MaxInt64), int64(math.MaxInt64)))
	rows := strings.Join(values, ", ")
	my.Exec(t, "CREATE TABLE many (id int PRIMARY KEY, k bigint, u bigint unsigned, KEY (k))", "INSERT INTO many VALUES "+rows)
	oracle.Exec(t, "CREATE TABLE my.many (id integer PRIMARY KEY, k bigint, u bigint)", "INSERT INTO my.many VALUES "+rows)
	m.product("my", "many", "", fixtureColumn{"id", "integer", "required: true, primaryKey: true"}, fixtureColumn{"k", "bigint", ""}, fixtureColumn{"u", "bigint", ""})
	m.grant("my", "many", "readers", "")
	want, conn := connectTo(t, oracle.DSN), m.serve().connect(t, "reader")
	for _, first := range []int64{math.MinInt64, -450, 0, 5, math.MaxInt32 - 400, math.MaxInt64 - 999} {
		var keys []string
		for k := range int64(1000) {
			if k%5 < 2 || k == 999 {
				keys = append(keys, fmt.Sprint(first+k))
			}
		}
		for _, column := range []string{"k", "u"} {
			for _, sql := range []string{"id FROM my.many WHERE %s IN (%s)", "id FROM my.many WHERE %s NOT IN (%s)", "id, %s IN (%s) FROM my.many"} {
				sql = "SELECT " + fmt.Sprintf(sql, column, strings.Join(keys, ", ")) + " ORDER BY 1"
				expected := ask(t.Context(), want, sql)
				for _, off := range []string{"TellBits", ""} {
					must(t, set(t.Context(), conn, off))
					if d := difference(ask(t.Context(), conn, sql), expected); d != "" {
						t.Errorf("%s from %d without [%s]: %s", column, first, off, d)
					}
				}
			}
		}
	}
}
