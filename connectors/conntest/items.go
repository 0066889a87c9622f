package conntest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// seed of the values of items.
const seed = 20_240_507

// items is a table with everything that queries like to trip over: NULLs in every
// column but the key, empty and blank-padded texts, both cases, equal sort keys.
func items(t testing.TB, rows int) *Table {
	r := rand.New(rand.NewPCG(seed, 1))
	labels := []string{"", "a", "A", "a ", "b", "B", "ä", "z", "Zebra", "apple", "Apple pie", "%", "a_b", `back\slash`, "quo'te"}
	table := NewTable(t, "items", []string{
		"id bigint not null", "grp integer", "label text", "price numeric(12,2)", "ratio double precision", "day date", "at timestamp", "ok boolean", "code character(4)",
	}, nil)
	for i := range rows {
		row := []string{
			strconv.Itoa(i + 1), strconv.Itoa(r.IntN(7)), labels[r.IntN(len(labels))], fmt.Sprintf("%d.%02d", r.IntN(2000)-500, r.IntN(100)),
			strconv.FormatFloat(float64(r.IntN(1000))/8, 'f', -1, 64), fmt.Sprintf("20%02d-%02d-%02d", 20+r.IntN(5), 1+r.IntN(12), 1+r.IntN(28)),
			fmt.Sprintf("2024-%02d-%02d %02d:%02d:%02d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60)),
			[]string{"t", "f"}[r.IntN(2)], fmt.Sprintf("%-4s", []string{"ab", "AB", "abcd", "x"}[r.IntN(4)]),
		}
		for c := 1; c < len(row); c++ {
			if r.IntN(9) == 0 {
				row[c] = Null
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func groups(t testing.TB) *Table {
	return NewTable(t, "groups", []string{"id integer not null", "title character varying(20)"}, [][]string{
		{"0", "zero"}, {"1", "one"}, {"2", "two"}, {"3", Null}, {"9", "nine"},
	})
}

// sorted orders rows by one column of small integers.
func sorted(rows [][]string, column int) [][]string {
	slices.SortStableFunc(rows, func(a, b []string) int {
		x, _ := strconv.Atoi(a[column])
		y, _ := strconv.Atoi(b[column])
		return cmp.Compare(x, y)
	})
	return rows
}
