package pgtext

import "strings"

// Bytea gives what prints bytea as bytea_output says.
func Bytea(output string) func(buf, value []byte) []byte {
	if strings.EqualFold(output, "escape") {
		return byteaEscape
	}
	return byteaHex
}

const hexDigits = "0123456789abcdef"

func byteaHex(buf, value []byte) []byte { return Hex(append(buf, `\x`...), value) }

// Hex writes two digits a byte.
func Hex(buf, value []byte) []byte {
	for _, b := range value {
		buf = append(buf, hexDigits[b>>4], hexDigits[b&15])
	}
	return buf
}

func byteaEscape(buf, value []byte) []byte {
	for _, b := range value {
		switch {
		case b == '\\':
			buf = append(buf, `\\`...)
		case b < 0x20 || b > 0x7e:
			buf = append(buf, '\\', '0'+b>>6, '0'+b>>3&7, '0'+b&7)
		default:
			buf = append(buf, b)
		}
	}
	return buf
}
