package pgformat

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// ReadNumber reads a number by a pattern, as to_number does; ok is false for NULL.
func ReadNumber(text, format string) (n numeric.Number, ok bool, err error) {
	if format == "" {
		return n, false, nil
	}
	p, err := newPicture(format)
	switch {
	case err != nil:
		return n, false, err
	case p.scientific:
		return n, false, sqlstate.New(sqlstate.FeatureNotSupported, "\"EEEE\" not supported for input")
	case p.roman:
		return n, false, sqlstate.New(sqlstate.FeatureNotSupported, "\"RN\" not supported for input")
	}
	r := &numberReader{picture: p, in: text, sign: ' '}
	r.run()
	digits := string(r.sign) + strings.TrimSuffix(r.digits.String(), ".")
	if n, err = numeric.Parse(strings.TrimLeft(digits, " ")); err != nil {
		return n, false, err
	}
	if n, err = numeric.ApplyTypmod(n, int32(p.pre+p.multi+r.post), int32(r.post)); err != nil {
		return n, false, err
	}
	if p.shift {
		ten, err := numeric.Power(numeric.FromInt(10), numeric.FromInt(int64(p.multi)))
		if err != nil {
			return n, false, err
		}
		if n, err = numeric.Div(n, ten); err != nil {
			return n, false, err
		}
	}
	return n, true, nil
}

// numberReader goes through a picture and a text side by side.
type numberReader struct {
	*picture
	in        string
	at        int
	sign      byte
	digits    strings.Builder
	pre, post int // digits read before and behind the point
	point     bool
	begun     bool
}

func (r *numberReader) over() bool { return r.at >= len(r.in) }

func (r *numberReader) run() {
	for _, n := range r.nodes {
		if r.over() {
			return
		}
		if n.kind != action {
			r.skipOne()
			continue
		}
		r.action(n.word.id)
	}
}

func (r *numberReader) skipOne() {
	_, size := utf8.DecodeRuneInString(r.in[r.at:])
	r.at += size
}

// skipOther passes over up to n characters that are no data.
func (r *numberReader) skipOther(n int) {
	for ; n > 0 && !r.over() && !strings.ContainsRune("0123456789.,+-", rune(r.in[r.at])); n-- {
		r.skipOne()
	}
}

func (r *numberReader) action(id string) {
	switch id {
	case "9", "0", ".", "D":
		r.digit(id)
		r.at++
	case ",", "G":
		if r.fill && !r.begun || r.in[r.at] != ',' {
			return
		}
		r.at++
	case "L":
		r.skipOther(1)
	case "TH":
		if !r.decimal && r.sign != '-' {
			r.skipOther(2)
		}
	case "MI", "PL", "SG":
		c := r.in[r.at]
		if c == '-' && id != "PL" || c == '+' && id != "MI" {
			r.sign = c
			r.at++
			return
		}
		r.skipOther(1)
	}
}

func (r *numberReader) digit(id string) {
	if r.in[r.at] == ' ' {
		r.at++
	}
	if r.over() {
		return
	}
	if r.sign == ' ' && (id == "0" || id == "9") && r.pre+r.post == 0 {
		r.leadingSign()
	}
	if r.over() {
		return
	}
	read := false
	switch c := r.in[r.at]; {
	case isDigit(c):
		if r.point && r.post == r.picture.post {
			return
		}
		r.digits.WriteByte(c)
		if r.point {
			r.post++
		} else {
			r.pre++
		}
		read = true
	case r.decimal && !r.point && c == '.':
		r.digits.WriteByte('.')
		r.point, read = true, true
	}
	if r.sign == ' ' && r.pre+r.post > 0 {
		r.trailingSign(read)
	}
}

func (r *numberReader) leadingSign() {
	c := r.in[r.at]
	switch {
	case c == '-' || c == '<' && r.bracket && !(r.picture.sign && r.place == signBefore):
		r.sign = '-'
	case c == '+':
		r.sign = '+'
	default:
		return
	}
	if r.picture.sign && r.place != signBefore && c == '<' {
		return
	}
	r.at++
}

func (r *numberReader) trailingSign(read bool) {
	isSign := func(i int) bool { return i < len(r.in) && (r.in[i] == '-' || r.in[i] == '+') }
	switch {
	case r.picture.sign && read:
		if isSign(r.at + 1) {
			r.sign = r.in[r.at+1]
			r.at++
		}
	case !read && !r.picture.sign && (r.plus || r.minus):
		if isSign(r.at) {
			r.sign = r.in[r.at]
		}
	}
}
