package pgwire

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// A client whose client_encoding is not UTF8 sends and gets all text in its own character
// set. Text is converted where messages come in and where values and messages go out;
// between them everything is UTF-8.

// clientEncoding is the setting that says so.
const clientEncoding = "client_encoding"

// speak takes the character set of what comes and goes from now on.
func (c *conn) speak(encoding string) {
	c.charset = charset.Find(encoding)
	c.out.charset = c.charset
}

// heard brings the texts of a message into UTF-8. Binary values are left to whoever knows
// their types.
func (c *conn) heard(m pgproto3.FrontendMessage) error {
	if c.charset == nil {
		return nil
	}
	switch m := m.(type) {
	case *pgproto3.Query:
		return c.decode(&m.String)
	case *pgproto3.Parse:
		return c.decode(&m.Name, &m.Query)
	case *pgproto3.Bind:
		return c.heardBind(m)
	case *pgproto3.Describe:
		return c.decode(&m.Name)
	case *pgproto3.Execute:
		return c.decode(&m.Portal)
	case *pgproto3.Close:
		return c.decode(&m.Name)
	}
	return nil
}

func (c *conn) decode(texts ...*string) (err error) {
	for _, t := range texts {
		if *t, err = c.charset.Decode(*t); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) heardBind(m *pgproto3.Bind) error {
	for i, value := range m.Parameters {
		if value == nil || formatOf(m.ParameterFormatCodes, i) == binaryFormat {
			continue
		}
		text, err := c.charset.Decode(string(value))
		if err != nil {
			return err
		}
		m.Parameters[i] = []byte(text)
	}
	return c.decode(&m.DestinationPortal, &m.PreparedStatement)
}

// decodedBinary brings a binary parameter that is text into UTF-8. In arrays and records
// each element has its length before it: those are refused.
func decodedBinary(oid uint32, p Parameter) ([]byte, error) {
	if p.Charset == nil {
		return p.Value, nil
	}
	switch pgtype.OID(oid) {
	case 0, pgtype.Unknown, pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.XML, pgtype.JSON, pgtype.JSONB, pgtype.JSONPath:
		text, err := p.Charset.Decode(string(p.Value))
		return []byte(text), err
	}
	if _, list := pgtype.ElementOf(pgtype.OID(oid)); list {
		return nil, sqlstate.Unsupported("a binary array while client_encoding is %s", p.Charset.Name())
	}
	return p.Value, nil
}

// said brings the texts of a message into the client's character set.
func (b *writeBuffer) said(m pgproto3.BackendMessage) {
	switch m := m.(type) {
	case *pgproto3.RowDescription:
		for i, f := range m.Fields {
			m.Fields[i].Name = []byte(b.charset.Message(string(f.Name)))
		}
	case *pgproto3.ErrorResponse:
		b.saidError(m)
	case *pgproto3.NoticeResponse:
		b.saidError((*pgproto3.ErrorResponse)(m))
	case *pgproto3.ParameterStatus:
		m.Value = b.charset.Message(m.Value)
	}
}

func (b *writeBuffer) saidError(m *pgproto3.ErrorResponse) {
	for _, text := range []*string{&m.Message, &m.Detail, &m.Hint, &m.Where, &m.SchemaName, &m.TableName, &m.ColumnName, &m.DataTypeName, &m.ConstraintName} {
		*text = b.charset.Message(*text)
	}
}

// translation converts the values of one result. The first failure stays: encoders cannot
// tell of it.
type translation struct {
	charset *charset.Set
	err     error
}

// translated converts what an encoder writes; the encoder itself where there is nothing to convert.
func (t *translation) translated(e valueEncoder) valueEncoder {
	if t == nil {
		return e
	}
	return &translatedEncoder{e, t}
}

// failure tells whether something could not be converted.
func (t *translation) failure() error {
	if t == nil {
		return nil
	}
	return t.err
}

type translatedEncoder struct {
	inner valueEncoder
	by    *translation
}

func (e *translatedEncoder) bind(values arrow.Array) error { return e.inner.bind(values) }

func (e *translatedEncoder) append(buf []byte, row int) []byte {
	at := len(buf)
	buf, err := e.by.charset.EncodeFrom(e.inner.append(buf, row), at)
	if err != nil && e.by.err == nil {
		e.by.err = err
	}
	return buf
}
