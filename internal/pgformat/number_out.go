package pgformat

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
)

// FormatNumeric prints a numeric, also one that was an int8.
func FormatNumeric(n numeric.Number, format string) (string, error) {
	p, err := newPicture(format)
	if err != nil {
		return "", err
	}
	switch {
	case p.roman:
		return p.romanNumeric(n)
	case p.scientific:
		return p.scientificNumeric(n)
	}
	if p.shift {
		ten, _ := numeric.Power(numeric.FromInt(10), numeric.FromInt(int64(p.multi)))
		if n, err = numeric.Mul(n, ten); err != nil {
			return "", err
		}
		p.pre += p.multi
	}
	if n, err = numeric.Round(n, int32(p.post)); err != nil {
		return "", err
	}
	return p.print(n.String())
}

// FormatInt prints an int4.
func FormatInt(i int32, format string) (string, error) {
	p, err := newPicture(format)
	switch {
	case err != nil:
		return "", err
	case p.scientific:
		return scientificFloat(float64(i), p.post), nil
	case p.shift:
		p.pre += p.multi
		return p.print(strconv.Itoa(int(i * int32(math.Pow(10, float64(p.multi)))))) // it wraps around there too
	}
	return FormatNumeric(numeric.FromInt(int64(i)), format)
}

// FormatFloat prints a float of so many significant digits: 15 of float8, 6 of float4.
func FormatFloat(f float64, significant int, format string) (string, error) {
	p, err := newPicture(format)
	if err != nil {
		return "", err
	}
	switch {
	case p.roman:
		rounded := math.RoundToEven(f)
		if math.IsNaN(f) || math.Abs(rounded) > math.MaxInt32 {
			rounded = math.MinInt32
		}
		return p.run(roman(int64(rounded)), '+', 0)
	case p.scientific && (math.IsNaN(f) || math.IsInf(f, 0)):
		return p.noScience(), nil
	case p.scientific:
		return scientificFloat(f, p.post), nil
	}
	if p.shift {
		f *= math.Pow(10, float64(p.multi))
		p.pre += p.multi
	}
	digits := len(fmt.Sprintf("%.0f", math.Abs(f)))
	switch {
	case math.IsInf(f, 0):
		digits = len("Infinity")
	case math.IsNaN(f):
		digits = len("NaN")
	}
	if digits >= significant {
		p.post = 0
	} else if digits+p.post > significant {
		p.post = significant - digits
	}
	return p.print(floatText(f, p.post))
}

func floatText(f float64, post int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'f', post, 64)
}

func scientificFloat(f float64, post int) string {
	text := strconv.FormatFloat(f, 'e', post, 64)
	if text[0] != '-' {
		text = " " + text
	}
	return text
}

// noScience stands for a number that has no exponent.
func (p *picture) noScience() string {
	b := []byte(strings.Repeat("#", p.pre+p.post+6))
	b[0] = ' '
	if p.pre+1 < len(b) {
		b[p.pre+1] = '.'
	}
	return string(b)
}

func (p *picture) scientificNumeric(n numeric.Number) (string, error) {
	if !n.IsFinite() {
		return p.noScience(), nil
	}
	negative := n.Sign() < 0
	digits := strings.TrimLeft(strings.Replace(numeric.Abs(n).String(), ".", "", 1), "0")
	exponent := 0
	mantissa := numeric.FromInt(0)
	if digits != "" {
		exponent = len(digits) - 1 - int(n.Scale())
		text := digits[:1] + "." + digits[1:] + "0"
		m, err := numeric.Parse(text)
		if err != nil {
			return "", err
		}
		mantissa = m
	}
	mantissa, err := numeric.Round(mantissa, int32(p.post))
	if err != nil {
		return "", err
	}
	text := mantissa.String()
	if strings.HasPrefix(text, "10") {
		exponent++
		text = "1" + text[2:]
		if p.post > 0 {
			text = "1." + strings.Repeat("0", p.post)
		}
	}
	mark := " "
	if negative {
		mark = "-"
	}
	return fmt.Sprintf("%s%se%+03d", mark, text, exponent), nil
}

func (p *picture) romanNumeric(n numeric.Number) (string, error) {
	n, err := numeric.Round(n, 0)
	if err != nil {
		return "", err
	}
	i, err := numeric.ToInt(n, 32, "integer")
	if err != nil {
		return "", err
	}
	return p.run(roman(i), '+', 0)
}

func roman(n int64) string {
	if n < 1 || n > 3999 {
		return strings.Repeat("#", 15)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int64
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.value; n -= r.value {
			b.WriteString(r.text)
		}
	}
	return b.String()
}

// print fits a number's digits into the picture: too many become #.
func (p *picture) print(text string) (string, error) {
	mark := byte('+')
	if strings.HasPrefix(text, "-") {
		mark, text = '-', text[1:]
	}
	whole, _, _ := strings.Cut(text, ".")
	spaces := 0
	switch {
	case len(whole) < p.pre:
		spaces = p.pre - len(whole)
	case len(whole) > p.pre:
		text = strings.Repeat("#", p.pre) + "." + strings.Repeat("#", p.post)
	}
	return p.run(text, mark, spaces)
}

// printer goes through a picture, taking digits.
type printer struct {
	*picture
	out      strings.Builder
	number   string
	at       int // in number
	column   int // digits of the picture so far
	spaces   int // columns before the first digit
	columns  int
	last     int // the last digit that counts, in FM with decimals; -1 is all
	mark     byte
	signDone bool
	begun    bool // a digit was written
}

func (p *picture) run(number string, mark byte, spaces int) (string, error) {
	w := &printer{picture: p, number: number, mark: mark, spaces: spaces, last: -1}
	if p.roman {
		fill := p.fill
		*p = picture{nodes: p.nodes, roman: true, fill: fill}
		w.spaces = 0
	}
	w.prepare()
	for _, n := range p.nodes {
		if n.kind != action {
			w.out.WriteString(n.text)
			continue
		}
		w.action(n.word)
	}
	shown, _, _ := strings.Cut(w.out.String(), "\x00")
	return shown, nil
}

func (w *printer) prepare() {
	if w.plus || w.minus {
		w.signDone = !(w.plus && !w.minus)
	} else {
		if w.mark != '-' && w.fill {
			w.bracket = false
		}
		w.signDone = w.mark == '+' && w.fill && !w.sign
		if w.place == signBefore && w.pre == w.preSign {
			w.place = signAfter
		}
	}
	if w.zeroStart > 0 {
		w.zeroStart-- // columns count from 0
	}
	w.columns = w.post + w.pre - 1
	if w.fill && w.decimal {
		w.last = lastRelevant(w.number)
		if w.last >= 0 && w.zeroEnd > w.spaces {
			w.last = max(w.last, min(len(w.number)-1, w.zeroEnd-w.spaces))
		}
	}
	if !w.signDone && w.spaces == 0 {
		w.columns++
	}
}

// lastRelevant is the last character behind the point, or the point, that is no zero.
func lastRelevant(number string) int {
	at := strings.IndexByte(number, '.')
	if at < 0 {
		return -1
	}
	last := at
	for i := at + 1; i < len(number); i++ {
		if number[i] != '0' {
			last = i
		}
	}
	return last
}

func (w *printer) action(k *keyword) {
	switch k.id {
	case "9", "0", ".", "D":
		w.digit(k.id)
	case ",", "G":
		switch {
		case w.begun:
			w.out.WriteByte(',')
		case !w.fill:
			w.out.WriteByte(' ')
		}
	case "L":
		w.out.WriteByte(' ') // the C locale has no currency
	case "RN":
		text := w.number
		if k.name == "rn" {
			text = strings.ToLower(text)
		}
		if !w.fill {
			text = fmt.Sprintf("%15s", text)
		}
		w.out.WriteString(text)
	case "TH":
		if w.roman || w.number[0] == '#' || w.mark == '-' || w.decimal {
			return
		}
		th, _ := ordinal(w.number, k.name == "TH")
		w.out.WriteString(th)
	case "MI":
		w.either(w.mark == '-', '-')
	case "PL":
		w.either(w.mark == '+', '+')
	case "SG":
		w.out.WriteByte(w.mark)
	}
}

// either writes a sign, or a blank in its place.
func (w *printer) either(yes bool, c byte) {
	switch {
	case yes:
		w.out.WriteByte(c)
	case !w.fill:
		w.out.WriteByte(' ')
	}
}

// beforePoint: a lone zero before the point is not written.
func (w *printer) beforePoint() bool {
	return !w.zero && w.at == 0 && w.number != "" && w.number[0] == '0' && w.post != 0
}

func (w *printer) lastIsPoint() bool { return w.last >= 0 && w.number[w.last] == '.' }

func (w *printer) digit(id string) {
	if w.roman {
		return
	}
	w.begun = false
	if !w.signDone && (w.column >= w.spaces || w.zero && w.zeroStart == w.column) && (!w.beforePoint() || w.lastIsPoint()) {
		w.writeSign()
	}
	switch {
	case w.column < w.spaces && (w.zeroStart > w.column || !w.zero):
		if !w.fill {
			w.out.WriteByte(' ')
		}
	case w.zero && w.column < w.spaces && w.zeroStart <= w.column:
		w.out.WriteByte('0')
		w.begun = true
	default:
		w.writeDigit(id)
	}
	end := w.columns
	if w.spaces > 0 {
		end++
	}
	if w.decimal {
		end++
	}
	if w.last >= 0 && w.last == w.at {
		end = w.column
	}
	if w.column+1 == end {
		w.finish()
	}
	w.column++
}

func (w *printer) writeSign() {
	switch {
	case w.sign:
		if w.place == signBefore {
			w.out.WriteByte(w.mark)
			w.signDone = true
		}
		return
	case w.bracket && w.mark == '+':
		w.out.WriteByte(' ')
	case w.bracket:
		w.out.WriteByte('<')
	case w.mark == '-':
		w.out.WriteByte('-')
	case !w.fill:
		w.out.WriteByte(' ')
	}
	w.signDone = true
}

func (w *printer) writeDigit(id string) {
	c := byte(0)
	if w.at < len(w.number) {
		c = w.number[w.at]
	}
	switch {
	case c == '.':
		if !w.lastIsPoint() || w.fill {
			w.out.WriteByte('.')
		}
	case w.last >= 0 && w.at > w.last && id != "0":
	case w.beforePoint():
		if !w.fill {
			w.out.WriteByte(' ')
		} else if w.lastIsPoint() {
			w.out.WriteByte('0')
		}
	default:
		w.out.WriteByte(c) // 0 where there is no digit: what follows is not shown
		w.begun = true
	}
	if c != 0 {
		w.at++
	}
}

// finish writes what stands behind the last digit.
func (w *printer) finish() {
	switch {
	case w.signDone && w.bracket:
		if w.mark == '+' {
			w.out.WriteByte(' ')
		} else {
			w.out.WriteByte('>')
		}
	case w.sign && w.place == signAfter:
		w.out.WriteByte(w.mark)
	}
}
