package pgcatalog

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// format is format(text, …): it stands here because %I needs the keywords.
func format() duckdb.ScalarFunction {
	return duckdb.ScalarFunction{
		Name: "pg_catalog_format", Params: []duckdb.Type{duckdb.Varchar}, Variadic: duckdb.Varchar, Result: duckdb.Varchar, Nulls: true,
		Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
			for i := range in.Rows {
				if in.Columns[0].Null(i) {
					out.PutNull()
					continue
				}
				args := make([]cell, len(in.Columns)-1)
				for k := range args {
					if args[k].null = in.Columns[k+1].Null(i); !args[k].null {
						args[k].text = duckdb.At[string](in.Columns[k+1], i)
					}
				}
				text, err := formatted(duckdb.At[string](in.Columns[0], i), args)
				if err != nil {
					return err
				}
				duckdb.Put(out, text)
			}
			return nil
		},
	}
}

// formatter reads a format (varlena.c: text_format).
type formatter struct {
	rest string
	args []cell
	next int
}

func formatted(text string, args []cell) (string, error) {
	f := &formatter{rest: text, args: args}
	var b strings.Builder
	for f.rest != "" {
		plain, spec, found := strings.Cut(f.rest, "%")
		b.WriteString(plain)
		if f.rest = spec; !found {
			break
		}
		if spec == "" {
			return "", unterminated()
		}
		if spec[0] == '%' {
			b.WriteByte('%')
			f.rest = spec[1:]
			continue
		}
		piece, err := f.specifier()
		if err != nil {
			return "", err
		}
		b.WriteString(piece)
	}
	return b.String(), nil
}

func unterminated() error {
	return sqlstate.New(sqlstate.InvalidParameterValue, "unterminated format() type specifier").WithHint("For a single \"%%\" use \"%%%%\".")
}

// specifier is [position$][flags][width]type.
func (f *formatter) specifier() (string, error) {
	at, left, width := f.next, false, 0
	digits := f.digits()
	if digits != "" && strings.HasPrefix(f.rest, "$") {
		n, _ := strconv.Atoi(digits)
		if n == 0 {
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "format specifies argument 0, but arguments are numbered from 1")
		}
		at, f.rest, digits = n-1, f.rest[1:], ""
	}
	for digits == "" && strings.HasPrefix(f.rest, "-") {
		left, f.rest = true, f.rest[1:]
	}
	if digits == "" {
		digits = f.digits()
	}
	width, _ = strconv.Atoi(digits)
	if f.rest == "" {
		return "", unterminated()
	}
	kind := f.rest[0]
	f.rest = f.rest[1:]
	if kind == '*' {
		return "", sqlstate.Unsupported("a width of format() taken from an argument")
	}
	if !strings.ContainsRune("sIL", rune(kind)) {
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "unrecognized format() type specifier \"%c\"", kind).
			WithHint("For a single \"%%\" use \"%%%%\".")
	}
	if at >= len(f.args) {
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "too few arguments for format()")
	}
	f.next = at + 1
	text, err := converted(kind, f.args[at])
	return padded(text, width, left), err
}

func (f *formatter) digits() string {
	n := 0
	for n < len(f.rest) && f.rest[n] >= '0' && f.rest[n] <= '9' {
		n++
	}
	digits := f.rest[:n]
	f.rest = f.rest[n:]
	return digits
}

func converted(kind byte, arg cell) (string, error) {
	switch {
	case kind == 'L' && arg.null:
		return "NULL", nil
	case kind == 'I' && arg.null:
		return "", sqlstate.New(sqlstate.NullValueNotAllowed, "null values cannot be formatted as an SQL identifier")
	case kind == 'L':
		return quoteLiteral(arg.text), nil
	case kind == 'I':
		return quoteIdentifier(arg.text), nil
	}
	return arg.text, nil
}

func quoteLiteral(text string) string {
	quoted := "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), `\`, `\\`) + "'"
	if strings.Contains(text, `\`) {
		return "E" + quoted
	}
	return quoted
}

func padded(text string, width int, left bool) string {
	missing := width - len([]rune(text))
	switch {
	case missing <= 0:
		return text
	case left:
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}
