// Package pgwire is a PostgreSQL server as seen from outside: it turns the bytes of
// a connection into calls of a session, and what the session gives into bytes.
//
// In: a net.Listener and a Backend, which knows the users' verifiers and opens
// sessions (session.go holds all that is asked of it). Out: messages of the
// PostgreSQL protocol, versions 3.0 and 3.2; rows come as Arrow record batches and
// leave as DataRow messages. It knows no SQL, no catalog, no plan and no setting
// beyond those that the text form of a value depends on.
//
// # The line of a connection
//
//	negotiate.go    first bytes: TLS by SSLRequest or directly, GSS refused, CancelRequest
//	startup*.go     the StartupMessage, by our own few lines: any minor version is answered
//	authenticate.go SCRAM-SHA-256, over TLS also -PLUS (scram.go, verifier.go, channel_binding.go)
//	conn.go         the session: wait, read a message, handle it, until Terminate
//	dispatch.go     which message does what; what an error does; the end of a batch
//	simple_query.go, extended_query.go, portal.go, stream.go
//	                statements, portals, and rows on their way to the client
//	encode*.go      one encoder for each type and format, chosen once per result
//	decode*.go      the way back, for parameters: DecodeParameter
//	lifetime.go     how a server ends; cancel.go: how a statement does
//
// # States
//
// A connection is in one of these:
//
//	negotiating ──▶ authenticating ──▶ ready ──message──▶ busy ──ReadyForQuery──▶ ready
//	                                              error in an extended message │
//	                                                    skipping ◀─────────────┘
//	                                                        └──Sync──▶ ready
//
// While skipping everything but Sync and Terminate is read and dropped. Whether a
// transaction is open is the session's to know (Session.Status); the connection asks
// for it in ReadyForQuery and to find out when portals end. A portal is ready, open
// (it runs; a row limit may have suspended it), done or failed; see portal.go.
//
// # Who runs where
//
// Two goroutines serve a connection. One reads the socket a bounded distance ahead
// (read_ahead.go), so that a client that disconnects is noticed while its statement
// runs, and nothing that it has pipelined is lost. The other does everything else;
// it alone calls the session and writes. Writes gather in one buffer and leave at
// Flush, Sync and errors, and whenever the buffer holds 64 kB; a write waits for the
// client, so a slow client slows down its rows and nobody's memory grows.
//
// Each message runs under a context of its own, each portal made by Bind under one
// for its whole life. CancelRequest, disconnect and shutdown end it, and
// context.Cause tells which of them it was (running.go).
//
// # What may go wrong
//
// Errors of the session that are sqlstate errors reach the client with all their
// fields; any other error and every panic is logged, and the client hears
// "internal error" (XX000). A message that was half written then is taken back
// (write_buffer.go). Bytes that are not the protocol end their connection with
// 08P01, and no other.
//
// An unknown user is led through the same exchange as a known one, against a
// verifier that no password fits, and fails with the same words.
package pgwire
