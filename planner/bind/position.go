package bind

import (
	"errors"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// position turns a byte offset of the syntax tree into a 1-based character of the
// statement's text, as errors carry it; 0 where the tree does not know.
func (b *binder) position(location int32) int {
	at := int(location) - b.shift
	if at < 0 || at > len(b.text) {
		return 0
	}
	return utf8.RuneCountInString(b.text[:at]) + 1
}

// at gives an error a position where it has none.
func at(err error, position int) error {
	var e *sqlstate.Error
	if position == 0 || !errors.As(err, &e) || e.Position != 0 {
		return err
	}
	return e.At(position)
}

// atCall is at for the choice of an operator or function: PostgreSQL gives no position
// where polymorphic arguments do not agree (enforce_generic_type_consistency).
func atCall(err error, position int) error {
	if sqlstate.From(err).Code == sqlstate.DatatypeMismatch {
		return err
	}
	return at(err, position)
}
