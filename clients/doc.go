// Package clients runs real clients against a served demo mesh and against a PostgreSQL
// that holds the same tables, and compares what they print.
//
// Each folder is one client: install.sh puts it into a private directory, check.sh runs
// its script. TestClients starts the servers and prints a table of what passed. It knows
// no client: whatever folder has a check.sh is run.
package clients
