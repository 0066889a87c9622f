package copyin

import "bytes"

// text takes a line of the text format apart (copyfromparse.c, CopyReadAttributesText).
func (r *Reader) text(line []byte) (row []Value) {
	for {
		end := r.fieldEnd(line)
		row = append(row, r.textValue(line[:end]))
		if end == len(line) {
			return row
		}
		line = line[end+1:]
	}
}

// fieldEnd finds the next delimiter that no backslash stands before.
func (r *Reader) fieldEnd(line []byte) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case r.format.Delimiter:
			return i
		}
	}
	return len(line)
}

func (r *Reader) textValue(field []byte) Value {
	if string(field) == r.format.Null {
		return Value{Null: true}
	}
	if !bytes.ContainsRune(field, '\\') {
		return Value{Text: string(field)}
	}
	var b []byte
	for i := 0; i < len(field); i++ {
		if field[i] != '\\' || i+1 == len(field) {
			b = append(b, field[i])
			continue
		}
		i++
		c, used := unescaped(field[i:])
		b = append(b, c)
		i += used - 1
	}
	return Value{Text: string(b)}
}

var letters = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// unescaped reads what follows a backslash: a letter, up to three octal digits, x and up
// to two hexadecimal ones, or the character itself.
func unescaped(rest []byte) (c byte, used int) {
	if letter, ok := letters[rest[0]]; ok {
		return letter, 1
	}
	if rest[0] == 'x' {
		if n, used := digits(rest[1:], 16, 2); used > 0 {
			return n, used + 1
		}
		return 'x', 1
	}
	if n, used := digits(rest, 8, 3); used > 0 {
		return n, used
	}
	return rest[0], 1
}

func digits(text []byte, base, most int) (n byte, used int) {
	for used < len(text) && used < most {
		d := bytes.IndexByte([]byte("0123456789abcdef"), text[used]|0x20)
		if '0' <= text[used] && text[used] <= '9' {
			d = int(text[used] - '0')
		}
		if d < 0 || d >= base {
			break
		}
		n = n*byte(base) + byte(d)
		used++
	}
	return n, used
}

// csv takes a record of the csv format apart (CopyReadAttributesCSV).
func (r *Reader) csv(record []byte) (row []Value, err error) {
	f := r.format
	for i := 0; ; i++ {
		var b []byte
		quoted, open := false, false
		for ; i < len(record) && (open || record[i] != f.Delimiter); i++ {
			c := record[i]
			switch {
			case !open && c == f.Quote:
				quoted, open = true, true
			case open && c == f.Escape && i+1 < len(record) && (record[i+1] == f.Quote || record[i+1] == f.Escape):
				i++
				b = append(b, record[i])
			case open && c == f.Quote:
				open = false
			default:
				b = append(b, c)
			}
		}
		if open {
			return nil, malformed("unterminated CSV quoted field")
		}
		row = append(row, Value{Text: string(b), Null: !quoted && string(b) == f.Null})
		if i >= len(record) {
			return row, nil
		}
	}
}
