package pgformat

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

var numberWords = func() map[byte][]keyword {
	var list []keyword
	for _, n := range strings.Fields(", . 0 9 B C D EEEE FM G L MI PL PR RN SG SP S TH V b c d eeee fm g l mi pl pr rn sg sp s th v") {
		list = append(list, keyword{name: n})
	}
	return table(list)
}()

// sign position of S.
type signPlace uint8

const (
	signNowhere signPlace = iota
	signBefore
	signAfter
)

// picture is what a number pattern asks for.
type picture struct {
	nodes                                           []node
	pre, post, multi                                int
	decimal, zero, fill, sign, bracket, minus, plus bool
	roman, shift, scientific, blank                 bool
	zeroStart, zeroEnd, preSign                     int
	place                                           signPlace
}

func badPicture(message string) error { return sqlstate.New(sqlstate.SyntaxError, "%s", message) }

const signsTogether = "cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together"

func newPicture(format string) (*picture, error) {
	p := &picture{nodes: parse(format, numberWords, false)}
	for _, n := range p.nodes {
		if n.kind == action {
			if err := p.add(n.word.id); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func (p *picture) add(id string) error {
	if p.scientific && id != "EEEE" {
		return badPicture("\"EEEE\" must be the last pattern used")
	}
	switch id {
	case "9", "0":
		return p.digit(id)
	case "B":
		p.blank = p.blank || p.pre == 0 && p.post == 0 && !p.zero
	case "D", ".":
		switch {
		case p.decimal:
			return badPicture("multiple decimal points")
		case p.shift:
			return badPicture("cannot use \"V\" and decimal point together")
		}
		p.decimal = true
	case "FM":
		p.fill = true
	case "S":
		return p.addSign()
	case "MI", "PL", "SG":
		if p.sign {
			return badPicture("cannot use \"S\" and \"" + id + "\" together")
		}
		p.minus, p.plus = p.minus || id != "PL", p.plus || id != "MI"
	case "PR":
		if p.sign || p.plus || p.minus {
			return badPicture("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together")
		}
		p.bracket = true
	case "RN":
		p.roman = true
	case "V":
		if p.decimal {
			return badPicture("cannot use \"V\" and decimal point together")
		}
		p.shift = true
	case "EEEE":
		switch {
		case p.scientific:
			return badPicture("cannot use \"EEEE\" twice")
		case p.blank || p.fill || p.sign || p.bracket || p.minus || p.plus || p.roman || p.shift:
			return badPicture("\"EEEE\" is incompatible with other formats")
		}
		p.scientific = true
	}
	return nil
}

func (p *picture) digit(id string) error {
	if p.bracket {
		return badPicture("\"" + id + "\" must be ahead of \"PR\"")
	}
	if id == "9" && p.shift {
		p.multi++
		return nil
	}
	if id == "0" && !p.zero && !p.decimal {
		p.zero, p.zeroStart = true, p.pre+1
	}
	if p.decimal {
		p.post++
	} else {
		p.pre++
	}
	if id == "0" {
		p.zeroEnd = p.pre + p.post
	}
	return nil
}

func (p *picture) addSign() error {
	switch {
	case p.sign:
		return badPicture("cannot use \"S\" twice")
	case p.plus || p.minus || p.bracket:
		return badPicture(signsTogether)
	}
	p.sign = true
	if !p.decimal {
		p.place, p.preSign = signBefore, p.pre
	} else {
		p.place = signAfter
	}
	return nil
}
