// Package planner is the road from text to a plan that can run: Parse gives
// statements, Bind a typed plan, Optimize what each source runs by itself.
//
// In: SQL text, an environment, a secured plan. Out: statements, plans. Between Bind
// and Optimize stands auth.Secure; Optimize takes nothing else. It knows no
// connection, no session and no engine.
package planner

import (
	"errors"
	"strings"
	"unicode/utf8"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Parse splits text into statements by PostgreSQL's own grammar. Its errors are
// 42601 with a position; a statement Sluice does not run becomes a Refused.
func Parse(text string) ([]Statement, error) {
	if deepComments(text) {
		return nil, sqlstate.New(sqlstate.StatementTooComplex, "comments are nested too deeply")
	}
	tree, err := pg_query.Parse(text)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	statements := make([]Statement, 0, len(tree.Stmts))
	for _, raw := range tree.Stmts {
		statements = append(statements, statement(text, raw))
	}
	return statements, nil
}

// deepComments tells whether comments stand in one another so deeply that the parser,
// which takes time by the square of it, would be kept busy (20,000 in 80 kB: 20 s).
func deepComments(text string) bool {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth = max(depth-1, 0)
			i++
		}
		if depth > 500 {
			return true
		}
	}
	return false
}

// syntaxError turns the parser's error into PostgreSQL's: the cursor it gives is
// already a 1-based character position.
func syntaxError(text string, err error) error {
	var p *parser.Error
	if !errors.As(err, &p) {
		return sqlstate.New(sqlstate.SyntaxError, "%s", err.Error())
	}
	if !utf8.ValidString(text) {
		return sqlstate.New(sqlstate.CharacterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
	}
	return sqlstate.New(syntaxCode(p), "%s", p.Message).At(p.Cursorpos)
}

// parserCodes are the SQLSTATEs of what the scanner and the grammar refuse, where it is not
// 42601, by the beginning of the message: the parser does not give them.
var parserCodes = []struct {
	message string
	code    sqlstate.Code
}{
	{"invalid byte sequence for encoding", sqlstate.CharacterNotInRepertoire},
	{"unsafe use of", "22P06"},
	{"precision for type float must be", sqlstate.InvalidParameterValue},
	{"frame start cannot be", sqlstate.WindowingError}, {"frame end cannot be", sqlstate.WindowingError}, {"frame starting from", sqlstate.WindowingError},
}

func syntaxCode(p *parser.Error) sqlstate.Code {
	for _, c := range parserCodes {
		if strings.HasPrefix(p.Message, c.message) {
			return c.code
		}
	}
	if p.Message == "invalid Unicode escape" && p.Funcname != "str_udeescape" { // in E'', not in U&''
		return sqlstate.InvalidEscapeSequence
	}
	return sqlstate.SyntaxError
}

// position turns a byte offset of the syntax tree into a character position, from 1.
func position(text string, location int32) int {
	if location < 0 || int(location) > len(text) {
		return 0
	}
	return utf8.RuneCountInString(text[:location]) + 1
}

// sourceText cuts the text of one statement out of the text it came in.
func sourceText(text string, raw *pg_query.RawStmt) string {
	start, length := int(raw.StmtLocation), int(raw.StmtLen)
	if length == 0 {
		length = len(text) - start
	}
	return text[start : start+length]
}
