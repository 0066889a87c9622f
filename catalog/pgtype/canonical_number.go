package pgtype

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// space is what isspace() takes for white space.
const space = " \t\n\v\f\r"

func canonicalBool(text string) (string, error) {
	word := strings.ToLower(strings.Trim(text, space))
	for _, w := range []struct {
		full  string
		least int // letters needed
		value string
	}{
		{"true", 1, "t"}, {"false", 1, "f"}, {"yes", 1, "t"}, {"no", 1, "f"}, {"on", 2, "t"}, {"off", 2, "f"}, {"1", 1, "t"}, {"0", 1, "f"},
	} {
		if len(word) >= w.least && strings.HasPrefix(w.full, word) {
			return w.value, nil
		}
	}
	return "", badInput("boolean", text)
}

func canonicalInteger(t OID, text string) (string, error) {
	bits := map[OID]int{Int2: 16, Int4: 32, Int8: 64}[t]
	digits := strings.TrimLeft(text, space)
	sign := ""
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		sign, digits = digits[:1], digits[1:]
	}
	end := 0
	for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	if end == 0 {
		return "", badInput(SQLName(t), text)
	}
	n, err := strconv.ParseInt(sign+digits[:end], 10, bits)
	if err != nil { // found while reading, so before what follows is looked at
		return "", sqlstate.New(sqlstate.NumericValueOutOfRange, `value "%s" is out of range for type %s`, text, SQLName(t))
	}
	if strings.Trim(digits[end:], space) != "" {
		return "", badInput(SQLName(t), text)
	}
	return strconv.FormatInt(n, 10), nil
}

// canonicalOid reads a number as strtoul does: a negative one counts down from 2^32.
func canonicalOid(text string) (string, error) {
	n, err := strconv.ParseInt(strings.Trim(text, space), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && (n > math.MaxUint32 || n < math.MinInt32):
		return "", sqlstate.New(sqlstate.NumericValueOutOfRange, `value "%s" is out of range for type oid`, text)
	case err != nil:
		return "", badInput("oid", text)
	}
	return strconv.FormatUint(uint64(uint32(n)), 10), nil
}

// canonicalVector reads numbers with blanks between, as int2vector and oidvector are
// written. An error shows the text from the bad number on.
func canonicalVector(t OID, text string) (string, error) {
	var cells []string
	for rest := strings.TrimLeft(text, space); rest != ""; {
		end := strings.IndexAny(rest, space)
		if end < 0 {
			end = len(rest)
		}
		read, name := canonicalOid, "oid"
		if t == Int2Vector {
			read, name = func(s string) (string, error) { return canonicalInteger(Int2, s) }, "smallint"
		}
		cell, err := read(rest[:end])
		if err != nil {
			if sqlstate.From(err).Code == sqlstate.InvalidTextRepresentation {
				err = badInput(name, rest)
			}
			return "", err
		}
		cells = append(cells, cell)
		rest = strings.TrimLeft(rest[end:], space)
	}
	return strings.Join(cells, " "), nil
}

func canonicalFloat(t OID, text string) (string, error) {
	bits := 64
	if t == Float4 {
		bits = 32
	}
	number := strings.Trim(text, space)
	f, err := parseFloat(number, bits)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && f == 0 && strings.ContainsAny(mantissa(number), "123456789abcdefABCDEF"):
		return "", sqlstate.New(sqlstate.NumericValueOutOfRange, `"%s" is out of range for type %s`, number, SQLName(t))
	case err != nil:
		return "", badInput(SQLName(t), text)
	}
	return FormatFloat(f, bits), nil
}

// parseFloat reads what strtod reads, hexadecimal numbers without exponent too.
func parseFloat(number string, bits int) (float64, error) {
	if strings.Contains(number, "_") {
		return 0, strconv.ErrSyntax
	}
	lower := strings.ToLower(strings.TrimLeft(number, "+-"))
	if strings.HasPrefix(lower, "0x") && !strings.Contains(lower, "p") {
		number += "p0"
	}
	if lower == "nan" && len(number) <= len("-nan") {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(number, bits)
}

func mantissa(number string) string {
	lower := strings.ToLower(strings.TrimLeft(number, "+-"))
	exponent := "e"
	if strings.HasPrefix(lower, "0x") {
		exponent = "p"
	}
	if strings.HasPrefix(lower, "inf") || lower == "nan" {
		return ""
	}
	digits, _, _ := strings.Cut(lower, exponent)
	return digits
}

// FormatFloat prints a float as float4out (32 bits) and float8out (64) do: the shortest
// text that reads back the same, with an exponent below 1e-4 and from 1e6 or 1e15 on.
func FormatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	scientific := strconv.FormatFloat(f, 'e', -1, bits)
	exponent, _ := strconv.Atoi(scientific[strings.IndexByte(scientific, 'e')+1:])
	digits := 15 // DBL_DIG
	if bits == 32 {
		digits = 6 // FLT_DIG
	}
	if exponent < -4 || exponent >= digits {
		return scientific
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}
