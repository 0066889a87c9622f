package pgwire

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Backend is what the server asks of the gateway before a session exists.
type Backend interface {
	// Verifier gives the SCRAM-SHA-256 verifier of a user in PostgreSQL's stored
	// form (SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>); ok is false
	// for an unknown user, whom the server then mocks (RFC 5802; PostgreSQL's
	// doomed exchange) so that both fail alike and in the same time.
	Verifier(ctx context.Context, user string) (verifier string, ok bool)
	// Open begins a session of an authenticated user.
	Open(ctx context.Context, login Login, out Notifier) (Session, error)
}

// Login is who connects, from where, with which startup parameters.
type Login struct {
	User, Database string
	Parameters     map[string]string // startup parameters incl. those of options='-c k=v'
	Remote         net.Addr
	TLS            *tls.ConnectionState // nil without TLS
	ProcessID      uint32
	Identity       Identity // what proved it, by an Authenticator
}

// Notifier carries what a session sends outside of a result. Its methods may be
// called only while the session runs one of its own methods.
type Notifier interface {
	Notice(*sqlstate.Error)             // NoticeResponse; Severity NOTICE, WARNING, …
	ParameterStatus(name, value string) // a reported setting has changed; sent before ReadyForQuery
}

// Session is one connection's state. The server calls it from one goroutine.
type Session interface {
	// Settings gives the reported settings and their values for the first
	// ParameterStatus messages.
	Settings() map[string]string
	// Format gives the settings that decide how values become text. Read by the
	// server at the start of each result.
	Format() TextFormat
	// Parse splits text into statements and plans each as far as can be without
	// parameter values. parameterTypes are the OIDs of a Parse message (0: infer); nil
	// means the simple protocol, where there are no parameters.
	// For the simple protocol later statements may depend on earlier ones, so a
	// Statement may delay its own analysis until Bind. An empty text gives none.
	Parse(ctx context.Context, text string, parameterTypes []uint32) ([]Statement, error)
	// Status is the state of the transaction block: 'I', 'T' or 'E'.
	Status() byte
	// Fail tells the session that a message of this batch failed: an open
	// transaction block goes to 'E'.
	Fail()
	// Sync ends the implicit transaction of an extended-protocol batch or of a simple query.
	Sync(ctx context.Context)
	// Close frees everything. Called once, with the connection gone or going.
	Close()
}

// Statement is a parsed statement. It is immutable and outlives executions.
type Statement interface {
	// Describe gives the parameter types and the result columns (nil: no rows).
	Describe(ctx context.Context) (parameterTypes []uint32, columns []Column, err error)
	// Bind makes a portal from parameter values.
	Bind(ctx context.Context, parameters []Parameter) (Portal, error)
}

// Parameter is one value of a Bind message.
type Parameter struct {
	Format int16  // 0 text, 1 binary
	Value  []byte // nil: NULL. Valid during the call only.
	// Charset is that of binary text; nil: UTF-8.
	Charset *charset.Set
}

// Portal is a bound statement, run once, read in pieces.
type Portal interface {
	// Columns gives the result columns, nil where the statement returns no rows.
	Columns() []Column
	// Run starts it. Rows live until their Close, over several Execute messages;
	// ctx ends them (cancel, disconnect, shutdown).
	Run(ctx context.Context) (Rows, error)
	// Close frees what Bind holds. Rows of Run are closed by their own Close.
	Close()
}

// Rows streams a result. Next gives the next batch, owned by the reader and valid
// until the next call (retain to keep), or nil at the end. Tag is the command tag
// after the end, given the number of rows sent ("SELECT 3", "SET").
type Rows interface {
	Next(ctx context.Context) (arrow.RecordBatch, error)
	Tag(rows int64) string
	Close()
}

// ResumedRows are Rows that must be asked before more of them are sent by a later
// Execute: who may read them may have changed since.
type ResumedRows interface {
	Rows
	Resume(ctx context.Context) error
}

// CountedRows are Rows that keep count of what the client gets: before Close they are
// told how many of the last batch were not sent.
type CountedRows interface {
	Rows
	Unsent(rows int64)
}

// Column describes one result column (protocol: RowDescription).
type Column struct {
	Name      string
	TypeOID   uint32
	TypeMod   int32  // -1: none
	TypeSize  int16  // pg_type.typlen
	TableOID  uint32 // 0: not a plain column
	Attribute int16
	// Type is how values stand; the zero Type: as TypeOID says.
	Type pgtype.Type
}

func (c Column) held() pgtype.Type {
	if c.Type.OID != 0 {
		return c.Type
	}
	return pgtype.Of(pgtype.OID(c.TypeOID))
}

// TextFormat holds the settings that text output depends on.
type TextFormat struct {
	DateStyle       string // ISO, SQL, Postgres, German
	DateOrder       string // MDY, DMY, YMD
	IntervalStyle   string // postgres, postgres_verbose, sql_standard, iso_8601
	TimeZone        string // IANA name or POSIX spec as PostgreSQL shows it
	ByteaOutput     string // hex, escape
	ExtraFloatDigit int
}

// PreparedStatements is implemented by every Notifier the server hands to Open. Statements
// made by Parse messages and by SQL's PREPARE share one set of names in PostgreSQL, and
// clients (psycopg, Npgsql, poolers) drop the former by DEALLOCATE and DISCARD ALL.
type PreparedStatements interface {
	Prepared() []Prepared // those with a name, by it
	Deallocate(name string) (known bool)
	DeallocateAll()
}

// Prepared is a statement made by a Parse message.
type Prepared struct {
	Name, Text string
	At         time.Time
	Statement  Statement // nil for an empty text
}

// OIDNames is implemented by a Session that can name objects: it gives the text
// form of a reg* value. Without it their text is the number.
type OIDNames interface {
	OIDName(typeOID, oid uint32) string
}

// CopyOut is implemented by a Portal whose rows leave as the data of COPY TO STDOUT.
// Its Columns are nil: COPY has no RowDescription.
type CopyOut interface{ Copy() *CopyFormat }

// CopyIn is implemented by a Portal that takes the data of COPY FROM STDIN instead of
// being run.
type CopyIn interface {
	// Width tells how many columns the data has, and whether in the binary format, or why none
	// is wanted.
	Width(ctx context.Context) (columns int, binary bool, err error)
	// Take stores what next gives, up to io.EOF, and gives the command tag. A piece is
	// valid until the next call.
	Take(ctx context.Context, next func(context.Context) ([]byte, error)) (tag string, err error)
}

// IdleSession is implemented by a Session that ends where its client says nothing between
// two statements for so long, with this error; 0: it waits for ever.
type IdleSession interface {
	Idle() (after time.Duration, then *sqlstate.Error)
}

// CopyFormat says how COPY writes rows.
type CopyFormat struct {
	Columns       []Column
	Format        string // text, csv, binary
	Delimiter     byte
	Quote, Escape byte // csv
	Null          string
	Header        bool
	ForceQuote    []bool // csv: by column
}

// CursorSession is implemented by a Session with SQL cursors. In PostgreSQL these are
// portals: clients describe, execute and close them by name (psycopg's server cursors).
type CursorSession interface {
	// Cursor gives a cursor as a portal; running it gives the rows from where it stands.
	// Where an Execute takes only some of them it says so first, if they are LimitedRows.
	Cursor(name string) (Portal, bool)
	// CloseCursor closes a cursor if there is one of that name.
	CloseCursor(name string)
}

// LimitedRows are rows that want to know how many of them will be taken.
type LimitedRows interface{ Limit(rows int64) }

// BinaryPortal is implemented by a Portal whose rows leave in binary whatever the
// simple protocol would do: FETCH from a BINARY cursor.
type BinaryPortal interface{ Binary() bool }

// PortalNames is implemented by every Notifier the server hands to Open: the names that
// Bind messages have taken, which SQL's cursors may not take, CLOSE closes and FETCH reads.
type PortalNames interface {
	HasPortal(name string) bool
	ClosePortal(name string) (known bool)
	PortalColumns(name string) (columns []Column, ok bool)
	TakeRows(ctx context.Context, name string, most int64) (Rows, error)
}

// Witness is implemented by a Backend that wants to hear of logins that came to nothing.
type Witness interface {
	// Refused tells that a client was not let in. Nothing in login is proven.
	Refused(login Login, reason error)
}
