package pgnetwork

import (
	"fmt"
	"strings"
)

// abbreviated6 prints the words of an IPv6 network that lie within its mask, at least two;
// the longest run of zeros among them is left out (inet_cidr_ntop_ipv6).
func (a Address) abbreviated6() string {
	if a.Bits == 0 {
		return "::"
	}
	bytes := a.Network().Addr.As16()
	words := max((a.Bits+15)/16, 2)
	from, length := zeroRun(bytes[:words*2])
	dotted := length != words && from == 0 && (length == 6 || length == 5 && bytes[10] == 0xff && bytes[11] == 0xff ||
		length == 7 && bytes[14] != 0 && bytes[15] != 1)
	var b strings.Builder
	for word := range words {
		x, y := bytes[word*2], bytes[word*2+1]
		switch {
		case length > 0 && word >= from && word < from+length:
			if word == from {
				b.WriteByte(':')
			}
			if word == words-1 {
				b.WriteByte(':')
			}
		case dotted && word > 5:
			b.WriteByte(":."[word-6])
			fmt.Fprintf(&b, "%d", x)
			if word != 7 || a.Bits > 120 {
				fmt.Fprintf(&b, ".%d", y)
			}
		default:
			if word > 0 {
				b.WriteByte(':')
			}
			fmt.Fprintf(&b, "%x", int(x)*256+int(y))
		}
	}
	return b.String()
}

// zeroRun gives the first of the longest runs of words that are zero. One that is shorter
// than the longest before it goes on in the next.
func zeroRun(bytes []byte) (from, length int) {
	start, run := 0, 0
	for word := range len(bytes) / 2 {
		if bytes[word*2]|bytes[word*2+1] == 0 {
			if run == 0 {
				start = word
			}
			run++
		} else if run > length {
			from, length, run = start, run, 0
		}
	}
	if run > length {
		from, length = start, run
	}
	return from, length
}
