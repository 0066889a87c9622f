// Package testservers gives tests a real PostgreSQL, a real MariaDB and a real MySQL.
//
// What goes in: a testing.TB. What comes out: a running private server, one of
// each kind per test process, started when the first test asks for it, on a free
// port of 127.0.0.1 with a throw-away data directory. Nothing of the machine's
// own servers is touched or needed beyond their binaries.
//
// Starting is cheap (well under a second): the slow part, creating the system
// tables, is done once per server version and kept as a template directory in
// the user's cache; each process copies it.
//
// Nothing stays behind, however the test process ends (also by SIGKILL): every
// server runs under a watchdog that holds a pipe from the test process and, when
// that pipe closes, stops the server and removes its directory. So tests need no
// TestMain and no cleanup of their own.
//
// A missing binary is a test failure, never a skip: an oracle that is silently
// absent proves nothing. MySQL is the exception, since few systems package it:
// its tests say that they are skipped, and why.
//
// The package knows nothing of Sluice.
package testservers
