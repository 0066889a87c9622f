package functions

// mysqlTable is filled by the files mysql_*.go.
var mysqlTable = map[string]Rendering{}
