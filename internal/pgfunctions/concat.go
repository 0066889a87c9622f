package pgfunctions

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// concatenations take arguments as the texts their types print.
//
//	pg_concat(VARCHAR…), pg_concat_ws(separator, VARCHAR…), pg_format(format, VARCHAR…) VARCHAR
//	pg_quote_ident(VARCHAR) VARCHAR
//	pg_parse_ident(VARCHAR) VARCHAR[]
func concatenations() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		ofTexts("pg_concat", 0, true, func(args []*string) (string, error) { return arrayToString(args, "", nil), nil }),
		ofTexts("pg_concat_ws", 1, true, func(args []*string) (string, error) {
			if args[0] == nil {
				return "", duckdb.ErrNull
			}
			return arrayToString(args[1:], *args[0], nil), nil
		}),
		ofTexts("pg_format", 1, true, func(args []*string) (string, error) {
			if args[0] == nil {
				return "", duckdb.ErrNull
			}
			return format(*args[0], args[1:])
		}),
		duckdb.Func1("pg_quote_ident", func(s string) (string, error) { return pgname.Printed(s), nil }),
		toList("pg_parse_ident", 1, func(args []string) ([]*string, error) { return parseIdent(args[0]) }),
	}
}

func badFormat(message string, args ...any) error {
	return sqlstate.New(sqlstate.InvalidParameterValue, message, args...)
}

// format is PostgreSQL's format(): %[position][flags][width]type with s, I, L.
func format(f string, args []*string) (string, error) {
	var b strings.Builder
	next := 0
	take := func(position int) (*string, error) {
		if position > 0 {
			next = position
		} else {
			next++
		}
		if next > len(args) {
			return nil, badFormat("too few arguments for format()")
		}
		return args[next-1], nil
	}
	for f != "" {
		i := strings.IndexByte(f, '%')
		if i < 0 {
			b.WriteString(f)
			break
		}
		b.WriteString(f[:i])
		f = f[i+1:]
		if f == "" {
			return "", unterminated()
		}
		if f[0] == '%' {
			b.WriteByte('%')
			f = f[1:]
			continue
		}
		s, rest, err := readSpec(f)
		if err != nil {
			return "", err
		}
		f = rest
		if !strings.ContainsRune("sIL", rune(s.kind)) {
			return "", badFormat("unrecognized format() type specifier \"%c\"", s.kind).(*sqlstate.Error).WithHint("For a single \"%%\" use \"%%%%\".")
		}
		width := s.width
		if s.star {
			arg, err := take(s.starAt)
			if err != nil {
				return "", err
			}
			if width = 0; arg != nil {
				n, err := readInt[int32]("integer", 32)(*arg)
				if err != nil {
					return "", err
				}
				width = int(n)
			}
		}
		arg, err := take(s.position)
		if err != nil {
			return "", err
		}
		text, err := formatted(s.kind, arg)
		if err != nil {
			return "", err
		}
		left := s.left
		if width < 0 {
			left, width = true, -width
		}
		blank := ""
		if n := width - utf8.RuneCountInString(text); n > 0 {
			blank = strings.Repeat(" ", n)
		}
		if left {
			b.WriteString(text + blank)
		} else {
			b.WriteString(blank + text)
		}
	}
	return b.String(), nil
}

func unterminated() error {
	return badFormat("unterminated format() type specifier").(*sqlstate.Error).WithHint("For a single \"%%\" use \"%%%%\".")
}

// spec is one format specifier. Positions count from 1; 0 is the next argument.
type spec struct {
	position, width, starAt int
	left, star              bool
	kind                    rune
}

func readSpec(f string) (s spec, rest string, err error) {
	number := func() (int, bool) {
		i := 0
		for i < len(f) && f[i] >= '0' && f[i] <= '9' {
			i++
		}
		if i == 0 {
			return 0, false
		}
		n, bad := strconv.ParseInt(f[:i], 10, 32)
		if bad != nil {
			err = sqlstate.New(sqlstate.NumericValueOutOfRange, "number is out of range")
		}
		f = f[i:]
		return int(n), true
	}
	at := func(n int) error {
		if n == 0 {
			return badFormat("format specifies argument 0, but arguments are numbered from 1")
		}
		return nil
	}
	n, has := number()
	if has && strings.HasPrefix(f, "$") {
		if err = at(n); err != nil {
			return s, "", err
		}
		s.position, f, has = n, f[1:], false
	} else if has {
		s.width = n
	}
	if !has {
		for strings.HasPrefix(f, "-") {
			s.left, f = true, f[1:]
		}
		if strings.HasPrefix(f, "*") {
			s.star, f = true, f[1:]
			if n, has := number(); has {
				if !strings.HasPrefix(f, "$") {
					return s, "", badFormat("width argument position must be ended by \"$\"")
				}
				f = f[1:]
				if err = at(n); err != nil {
					return s, "", err
				}
				s.starAt = n
			}
		} else if n, has := number(); has {
			s.width = n
		}
	}
	if err != nil {
		return s, "", err
	}
	if f == "" {
		return s, "", unterminated()
	}
	r, size := utf8.DecodeRuneInString(f)
	s.kind = r
	return s, f[size:], nil
}

func formatted(kind rune, arg *string) (string, error) {
	switch {
	case kind == 's' && arg == nil:
		return "", nil
	case kind == 's':
		return *arg, nil
	case kind == 'L' && arg == nil:
		return "NULL", nil
	case kind == 'L':
		return quoteLiteral(*arg), nil
	case arg == nil:
		return "", sqlstate.New(sqlstate.NullValueNotAllowed, "null values cannot be formatted as an SQL identifier")
	}
	return pgname.Printed(*arg), nil
}

// parseIdent cuts a qualified name into its parts, as the strict form does.
func parseIdent(s string) ([]*string, error) {
	bad := func(detail string) error {
		e := sqlstate.New(sqlstate.InvalidParameterValue, "string is not a valid identifier: \"%s\"", s)
		e.Detail = detail
		return e
	}
	var out []*string
	rest := strings.TrimLeft(s, blanks)
	afterDot := false
	for {
		missing := true
		if strings.HasPrefix(rest, `"`) {
			end := strings.IndexByte(rest[1:], '"')
			name := ""
			in := rest[1:]
			for {
				if end = strings.IndexByte(in, '"'); end < 0 {
					return nil, bad("String has unclosed double quotes.")
				}
				name += in[:end]
				in = in[end+1:]
				if !strings.HasPrefix(in, `"`) {
					break
				}
				name, in = name+`"`, in[1:]
			}
			if name == "" {
				return nil, bad("Quoted identifier must not be empty.")
			}
			out, rest, missing = append(out, &name), in, false
		} else if n := identifierLength(rest); n > 0 {
			name := asciiLower(rest[:n])
			out, rest, missing = append(out, &name), rest[n:], false
		}
		if missing {
			switch {
			case strings.HasPrefix(rest, "."):
				return nil, bad("No valid identifier before \".\".")
			case afterDot:
				return nil, bad("No valid identifier after \".\".")
			}
			return nil, bad("")
		}
		rest = strings.TrimLeft(rest, blanks)
		if rest == "" {
			return out, nil
		}
		if rest[0] != '.' {
			return nil, bad("")
		}
		afterDot = true
		rest = strings.TrimLeft(rest[1:], blanks)
	}
}

func identifierLength(s string) int {
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '$')) {
			break
		}
	}
	return i
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
