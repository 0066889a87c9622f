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
	if b.characters == nil {
		b.characters = countCharacters(b.text)
	}
	block := at / positionBlock
	return b.characters[block] + characters(b.text[block*positionBlock:at]) + 1
}

// positionBlock is how many bytes are counted anew for each position. A statement may
// have a hundred thousand of them.
const positionBlock = 256

// characters counts those that begin in a piece of text.
func characters(text string) int {
	n := 0
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			n++
		}
	}
	return n
}

// countCharacters gives how many characters begin before each block. A character that
// lies across a boundary belongs to the block before it.
func countCharacters(text string) []int {
	counts := make([]int, 0, len(text)/positionBlock+1)
	count := 0
	for i := 0; i <= len(text); i++ {
		if i%positionBlock == 0 {
			counts = append(counts, count)
		}
		if i < len(text) && utf8.RuneStart(text[i]) {
			count++
		}
	}
	return counts
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
