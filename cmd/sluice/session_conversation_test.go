package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// conversation is a connection of which every message is written down.
type conversation struct {
	wire *pgproto3.Frontend
}

// listen takes over a connection.
func listen(t testing.TB, conn *pgx.Conn) *conversation {
	t.Helper()
	raw, err := conn.PgConn().Hijack()
	must(t, err)
	t.Cleanup(func() { _ = raw.Conn.Close() })
	must(t, raw.Conn.SetDeadline(time.Now().Add(5*time.Minute)))
	return &conversation{wire: raw.Frontend}
}

// query sends text by the simple protocol and writes down the answer.
func (c *conversation) query(t testing.TB, text string) string {
	t.Helper()
	c.wire.SendQuery(&pgproto3.Query{String: text})
	return c.answer(t)
}

// messages sends messages of the extended protocol, one each line, and a Sync.
func (c *conversation) messages(t testing.TB, lines string) string {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		m, err := frontendMessage(line)
		must(t, err)
		c.wire.Send(m)
	}
	c.wire.SendSync(&pgproto3.Sync{})
	return c.answer(t)
}

// frontendMessage reads "Parse name: text", "Bind portal statement [b] 'v' …", "Describe P name",
// "Execute portal [rows]", "Close P name"; "-" is the empty name.
func frontendMessage(line string) (pgproto3.FrontendMessage, error) {
	kind, rest, _ := strings.Cut(line, " ")
	words := strings.Fields(strings.ReplaceAll(rest, "-", ""))
	if kind == "Execute" || kind == "Bind" || kind == "Describe" || kind == "Close" {
		words = strings.Fields(rest)
		for i, w := range words {
			if w == "-" {
				words[i] = ""
			}
		}
	}
	switch kind {
	case "Parse":
		name, text, _ := strings.Cut(rest, ":")
		return &pgproto3.Parse{Name: strings.TrimSpace(strings.Trim(name, "-")), Query: strings.TrimSpace(text)}, nil
	case "Bind":
		m := &pgproto3.Bind{DestinationPortal: words[0], PreparedStatement: words[1]}
		for _, w := range words[2:] {
			if w == "b" {
				m.ResultFormatCodes = []int16{1}
				continue
			}
			m.Parameters = append(m.Parameters, []byte(w))
		}
		return m, nil
	case "Describe":
		return &pgproto3.Describe{ObjectType: words[0][0], Name: words[1]}, nil
	case "Close":
		return &pgproto3.Close{ObjectType: words[0][0], Name: words[1]}, nil
	case "Execute":
		m := &pgproto3.Execute{Portal: words[0]}
		if len(words) > 1 {
			rows, err := strconv.ParseUint(words[1], 10, 32)
			if err != nil {
				return nil, err
			}
			m.MaxRows = uint32(rows)
		}
		return m, nil
	}
	return nil, errors.New("unknown message " + line)
}

// answer writes messages down until ReadyForQuery.
func (c *conversation) answer(t testing.TB) string {
	t.Helper()
	must(t, c.wire.Flush())
	var b strings.Builder
	var settings []string // come in no particular order
	for {
		m, err := c.wire.Receive()
		must(t, err)
		line := written(m)
		if strings.HasPrefix(line, "setting ") {
			settings = append(settings, line)
			continue
		}
		slices.Sort(settings)
		for _, s := range settings {
			b.WriteString(s + "\n")
		}
		settings = nil
		if line != "" {
			b.WriteString(line + "\n")
		}
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			return b.String()
		}
	}
}

// written is a message as one line, without what two servers may differ in.
func written(m pgproto3.BackendMessage) string {
	switch m := m.(type) {
	case *pgproto3.RowDescription:
		var columns []string
		for _, f := range m.Fields {
			column := fmt.Sprintf("%s:%d", f.Name, f.DataTypeOID)
			if f.TypeModifier >= 0 {
				column += fmt.Sprintf("(%d)", f.TypeModifier)
			}
			if f.Format == 1 {
				column += " binary"
			}
			columns = append(columns, column)
		}
		return "columns " + strings.Join(columns, ", ")
	case *pgproto3.DataRow:
		var values []string
		for _, v := range m.Values {
			values = append(values, shown(v))
		}
		return "row " + strings.Join(values, " | ")
	case *pgproto3.CommandComplete:
		return "complete " + string(m.CommandTag)
	case *pgproto3.ErrorResponse:
		line := fmt.Sprintf("error %s %s", m.Code, m.Message)
		if m.Position > 0 {
			line += fmt.Sprintf(" at %d", m.Position)
		}
		return line
	case *pgproto3.NoticeResponse:
		return fmt.Sprintf("%s %s %s", strings.ToLower(m.Severity), m.Code, m.Message)
	case *pgproto3.ParameterStatus:
		if m.Name == "search_path" { // reported since version 18
			return ""
		}
		return fmt.Sprintf("setting %s = %s", m.Name, m.Value)
	case *pgproto3.ReadyForQuery:
		return "ready " + string(m.TxStatus)
	case *pgproto3.CopyOutResponse:
		return fmt.Sprintf("copy %d %v", m.OverallFormat, m.ColumnFormatCodes)
	case *pgproto3.CopyData:
		return "data " + strconv.Quote(string(m.Data))
	case *pgproto3.ParameterDescription:
		return fmt.Sprintf("parameters %v", m.ParameterOIDs)
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3."))
}

func shown(v []byte) string {
	if v == nil {
		return "NULL"
	}
	for _, c := range v {
		if c < ' ' || c > '~' {
			if len(v) == 4 {
				return fmt.Sprintf("#%d", int32(binary.BigEndian.Uint32(v)))
			}
			return strconv.Quote(string(v))
		}
	}
	return string(v)
}
