package pgtype

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/pgfloat"
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
	// PostgreSQL counts down from 0, so that one number more fits while it reads.
	n, err := strconv.ParseInt("-"+digits[:end], 10, bits)
	outOfRange := sqlstate.New(sqlstate.NumericValueOutOfRange, `value "%s" is out of range for type %s`, text, SQLName(t))
	switch {
	case err != nil:
		return "", outOfRange
	case strings.Trim(digits[end:], space) != "":
		return "", badInput(SQLName(t), text)
	case sign != "-" && n == -1<<(bits-1):
		return "", outOfRange
	case sign != "-":
		n = -n
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
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		// A number out of range is found before what follows it.
		if number = decimalPrefix.FindString(number); !outOfFloatRange(number, bits) {
			return "", badInput(SQLName(t), text)
		}
	}
	if outOfFloatRange(number, bits) {
		if t == Float4 {
			number = text // float4in shows all it was given
		}
		return "", sqlstate.New(sqlstate.NumericValueOutOfRange, `"%s" is out of range for type %s`, number, SQLName(t))
	}
	return string(pgfloat.Append(nil, f, bits)), nil
}

var decimalPrefix = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?`)

// outOfFloatRange tells numbers too large, and those so small that they would be 0.
func outOfFloatRange(number string, bits int) bool {
	f, err := parseFloat(number, bits)
	return errors.Is(err, strconv.ErrRange) || err == nil && f == 0 && strings.ContainsAny(mantissa(number), "123456789abcdefABCDEF")
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
