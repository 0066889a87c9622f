package tpch

import "strings"

// columnList is the inside of a CREATE TABLE, for PostgreSQL and MariaDB alike.
func (t Table) columnList() string {
	var columns []string
	for _, column := range t.Columns {
		columns = append(columns, column.Name+" "+column.SQLType()+" NOT NULL")
	}
	return strings.Join(columns, ", ")
}

func (t Table) keyList() string { return strings.Join(t.Key, ", ") }

// loadOrder puts the large tables first, so that loading two at a time ends soonest.
func loadOrder(tables []Table) []Table {
	var ordered []Table
	for i := len(tables) - 1; i >= 0; i-- {
		ordered = append(ordered, tables[i])
	}
	return ordered
}
