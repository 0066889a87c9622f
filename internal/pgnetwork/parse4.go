package pgnetwork

import (
	"net/netip"
	"strings"
)

// parse4 reads an IPv4 address, of which octets at the end may be missing: of an inet those
// beyond its mask, of a cidr all but the first, whose class then tells the mask
// (inet_net_pton.c).
func parse4(text string, cidr bool) (Address, bool) {
	octets, rest, ok := readOctets(text, cidr)
	if !ok {
		return Address{}, false
	}
	bits := -1
	if length, has := strings.CutPrefix(rest, "/"); has {
		if bits, rest = number(length, 32); rest != "" || bits < 0 {
			return Address{}, false
		}
	} else if rest != "" {
		return Address{}, false
	}
	switch {
	case bits >= 0 && !cidr && bits/8 > len(octets):
		return Address{}, false
	case bits < 0 && cidr:
		bits = classBits(octets)
	case bits < 0 && len(octets) < 4:
		return Address{}, false
	case bits < 0:
		bits = 32
	}
	var whole [4]byte
	copy(whole[:], octets)
	return Address{netip.AddrFrom4(whole), bits}, true
}

// readOctets reads one to four numbers with points between them; an inet may have a point
// behind the last.
func readOctets(text string, cidr bool) (octets []byte, rest string, ok bool) {
	for rest = text; ; rest = rest[1:] {
		n, after := number(rest, 255)
		if n < 0 {
			return octets, rest, !cidr && len(octets) > 0 && after == rest
		}
		if octets, rest = append(octets, byte(n)), after; len(octets) > 4 {
			return nil, "", false
		}
		if !strings.HasPrefix(rest, ".") {
			return octets, rest, true
		}
	}
}

// number reads digits; -1 where there are none, or they say more than most.
func number(text string, most int) (n int, rest string) {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits == 0 {
		return -1, text
	}
	for _, c := range text[:digits] {
		if n = n*10 + int(c-'0'); n > most {
			return -1, ""
		}
	}
	return n, text[digits:]
}

// classBits is the mask of a network that tells none: that of its class, or all that is
// written of it.
func classBits(octets []byte) int {
	bits := 8
	switch first := octets[0]; {
	case first >= 240:
		bits = 32
	case first >= 224:
		bits = 8
	case first >= 192:
		bits = 24
	case first >= 128:
		bits = 16
	}
	bits = max(bits, len(octets)*8)
	if bits == 8 && octets[0] == 224 {
		bits = 4
	}
	return bits
}
