package bind

import "unicode/utf8"

// position turns a byte offset of the syntax tree into a 1-based character of the
// statement's text, as errors carry it; 0 where the tree does not know.
func (b *binder) position(location int32) int {
	if location < 0 || int(location) > len(b.text) {
		return 0
	}
	return utf8.RuneCountInString(b.text[:location]) + 1
}
