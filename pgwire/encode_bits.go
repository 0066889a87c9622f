package pgwire

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// Binary forms of types that stand as text in Arrow.

// appendBitBinary writes bit and varbit: the number of bits, then the bits, the
// first one highest (varbit.c, bit_send).
func appendBitBinary(buf []byte, a *array.String, row int) []byte {
	text := a.Value(row)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(text)))
	start := len(buf)
	for i := range len(text) {
		if i%8 == 0 {
			buf = append(buf, 0)
		}
		switch text[i] {
		case '1':
			buf[start+i/8] |= 0x80 >> (i % 8)
		case '0':
		default:
			panic("pgwire: bit value is not in PostgreSQL's text form")
		}
	}
	return buf
}

// Address families of inet's binary form (utils/inet.h).
const (
	inetFamily4 = 2
	inetFamily6 = 3
)

// appendMacBinary writes the bytes (macaddr_send).
func appendMacBinary(buf []byte, a *array.String, row int) []byte {
	var pair [2]byte
	var err error
	for text := a.Value(row); len(text) >= 2 && err == nil; text = text[min(3, len(text)):] { // 08:00:2b:…
		copy(pair[:], text)
		buf, err = hex.AppendDecode(buf, pair[:])
	}
	if err != nil {
		panic("pgwire: macaddr is not in PostgreSQL's text form")
	}
	return buf
}

func appendInetBinary(buf []byte, a *array.String, row int) []byte {
	return appendNetwork(buf, a.Value(row), 0)
}

func appendCidrBinary(buf []byte, a *array.String, row int) []byte {
	return appendNetwork(buf, a.Value(row), 1)
}

// appendNetwork writes family, netmask length, whether it is a cidr, address
// (network.c, network_send).
func appendNetwork(buf []byte, text string, cidr byte) []byte {
	host, mask, masked := strings.Cut(text, "/")
	address, err := netip.ParseAddr(host)
	bits, ok := address.BitLen(), true
	if masked {
		bits, ok = parseDigits(mask)
	}
	if err != nil || !ok || bits > address.BitLen() {
		panic("pgwire: network address is not in PostgreSQL's text form")
	}
	if address.Is4() {
		four := address.As4()
		return append(append(buf, inetFamily4, byte(bits), cidr, 4), four[:]...)
	}
	sixteen := address.As16()
	return append(append(buf, inetFamily6, byte(bits), cidr, 16), sixteen[:]...)
}

// appendTimetzBinary writes microseconds of the day, then seconds west of Greenwich.
func appendTimetzBinary(buf []byte, a *array.String, row int) []byte {
	text := a.Value(row)
	sign := strings.LastIndexAny(text, "+-")
	if sign < 0 {
		panic("pgwire: timetz value is not in PostgreSQL's text form")
	}
	clock, fraction, _ := strings.Cut(text[:sign], ".")
	micros := int64(clockSeconds(clock)) * microsPerSecond
	unit := int64(microsPerSecond)
	for i := range len(fraction) {
		unit /= 10
		micros += int64(fraction[i]-'0') * unit
	}
	west := clockSeconds(text[sign+1:])
	if text[sign] == '+' {
		west = -west
	}
	buf = binary.BigEndian.AppendUint64(buf, uint64(micros))
	return binary.BigEndian.AppendUint32(buf, uint32(int32(west)))
}

// clockSeconds reads hh[:mm[:ss]].
func clockSeconds(text string) (seconds int) {
	unit := 3600
	for text != "" {
		part, rest, _ := strings.Cut(text, ":")
		n, ok := parseDigits(part)
		if !ok || unit == 0 {
			panic("pgwire: time value is not in PostgreSQL's text form")
		}
		seconds, unit, text = seconds+n*unit, unit/60, rest
	}
	return seconds
}

// parseDigits reads one to six decimal digits: so many hours may a zone be away.
func parseDigits(s string) (n int, ok bool) {
	if len(s) < 1 || len(s) > 6 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
