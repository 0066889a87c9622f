// Package pgnetwork is PostgreSQL's network addresses: inet and cidr.
//
// In: texts of addresses. Out: addresses, texts, or PostgreSQL's error. It knows no engine.
package pgnetwork

import (
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Address is an address with the length of its netmask.
type Address struct {
	Addr netip.Addr
	Bits int
}

// Parse reads an inet, or a cidr, which has no bits to the right of its mask.
func Parse(text string, cidr bool) (Address, error) {
	name := "inet"
	if cidr {
		name = "cidr"
	}
	bad := sqlstate.New(sqlstate.InvalidTextRepresentation, `invalid input syntax for type %s: "%s"`, name, text)
	parse := parse4
	if strings.Contains(text, ":") {
		parse = parse6
	}
	a, ok := parse(text, cidr)
	if !ok {
		return Address{}, bad
	}
	if cidr && a.Network() != a {
		return Address{}, sqlstate.New(sqlstate.InvalidTextRepresentation, `invalid cidr value: "%s"`, text).
			WithDetail("Value has bits set to right of mask.")
	}
	return a, nil
}

// parse6 reads an IPv6 address, which may end in its mask's length.
func parse6(text string, _ bool) (Address, bool) {
	host, length, hasLength := strings.Cut(text, "/")
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Zone() != "" {
		return Address{}, false
	}
	a := Address{ip, ip.BitLen()}
	if hasLength {
		p, err := netip.ParsePrefix(ip.String() + "/" + length)
		if err != nil {
			return Address{}, false
		}
		a.Bits = p.Bits()
	}
	return a, true
}

// Inet prints an address as inet_out does: without the length of a whole netmask.
func (a Address) Inet() string {
	if a.Bits == a.Addr.BitLen() {
		return a.Host()
	}
	return a.Cidr()
}

// Cidr prints it with the length (cidr_out, and text(inet)).
func (a Address) Cidr() string { return a.Host() + "/" + strconv.Itoa(a.Bits) }

// Host prints the address alone, as inet_net_ntop.c does: like netip, but an address whose
// first six groups, and no more, are zero ends in dotted decimals.
func (a Address) Host() string {
	groups := a.Addr.As16()
	if !a.Addr.Is6() || strings.Trim(string(groups[:12]), "\x00") != "" || groups[12] == 0 && groups[13] == 0 {
		return a.Addr.String()
	}
	return "::" + netip.AddrFrom4([4]byte(groups[12:])).String()
}

// Abbreviated is abbrev(cidr): the bytes within the mask only.
func (a Address) Abbreviated() string {
	if a.Addr.Is6() {
		return a.abbreviated6() + "/" + strconv.Itoa(a.Bits)
	}
	parts := strings.Split(a.Addr.String(), ".")
	return strings.Join(parts[:max((a.Bits+7)/8, 1)], ".") + "/" + strconv.Itoa(a.Bits)
}

// Family is 4 or 6.
func (a Address) Family() int32 {
	if a.Addr.Is4() {
		return 4
	}
	return 6
}

// Network is the address with zeros to the right of the mask.
func (a Address) Network() Address {
	return Address{netip.PrefixFrom(a.Addr, a.Bits).Masked().Addr(), a.Bits}
}

// mask has ones within the netmask.
func (a Address) mask() []byte {
	out := make([]byte, a.Addr.BitLen()/8)
	for i := range a.Bits {
		out[i/8] |= 0x80 >> (i % 8)
	}
	return out
}

func (a Address) combined(f func(address, mask byte) byte, bits int) Address {
	bytes, mask := a.Addr.AsSlice(), a.mask()
	for i := range bytes {
		bytes[i] = f(bytes[i], mask[i])
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return Address{addr, bits}
}

// Netmask and Hostmask are masks as addresses; Broadcast is the last address of the network.
func (a Address) Netmask() Address {
	return a.combined(func(_, m byte) byte { return m }, a.Addr.BitLen())
}

// Hostmask is the reverse of the netmask.
func (a Address) Hostmask() Address {
	return a.combined(func(_, m byte) byte { return ^m }, a.Addr.BitLen())
}

// Broadcast has ones to the right of the mask.
func (a Address) Broadcast() Address {
	return a.combined(func(b, m byte) byte { return b | ^m }, a.Bits)
}

// Not turns every bit.
func (a Address) Not() Address { return a.combined(func(b, _ byte) byte { return ^b }, a.Bits) }

// WithBits changes the netmask's length; -1 is that of the whole address. A cidr loses the bits
// to the right of it.
func (a Address) WithBits(bits int32, cidr bool) (Address, error) {
	if bits == -1 {
		bits = int32(a.Addr.BitLen())
	}
	if bits < 0 || int(bits) > a.Addr.BitLen() {
		return a, sqlstate.New(sqlstate.InvalidParameterValue, "invalid mask length: %d", bits)
	}
	a.Bits = int(bits)
	if cidr {
		a = a.Network()
	}
	return a, nil
}

// Combine is & or | of addresses of one family.
func Combine(operator byte, a, b Address) (Address, error) {
	if a.Family() != b.Family() {
		return a, sqlstate.New(sqlstate.InvalidParameterValue, "cannot %s inet values of different sizes", map[byte]string{'&': "AND", '|': "OR"}[operator])
	}
	x, y := a.Addr.AsSlice(), b.Addr.AsSlice()
	for i := range x {
		if operator == '&' {
			x[i] &= y[i]
		} else {
			x[i] |= y[i]
		}
	}
	addr, _ := netip.AddrFromSlice(x)
	return Address{addr, max(a.Bits, b.Bits)}, nil
}

// Add moves an address by n: 22003 outside of its family.
func (a Address) Add(n *big.Int) (Address, error) {
	sum := new(big.Int).Add(new(big.Int).SetBytes(a.Addr.AsSlice()), n)
	if sum.Sign() < 0 || sum.BitLen() > a.Addr.BitLen() {
		return a, sqlstate.New(sqlstate.NumericValueOutOfRange, "result is out of range")
	}
	addr, _ := netip.AddrFromSlice(sum.FillBytes(make([]byte, a.Addr.BitLen()/8)))
	return Address{addr, a.Bits}, nil
}

// Minus is the distance of two addresses of one family.
func (a Address) Minus(b Address) (int64, error) {
	if a.Family() != b.Family() {
		return 0, sqlstate.New(sqlstate.InvalidParameterValue, "cannot subtract inet values of different sizes")
	}
	d := new(big.Int).Sub(new(big.Int).SetBytes(a.Addr.AsSlice()), new(big.Int).SetBytes(b.Addr.AsSlice()))
	if !d.IsInt64() {
		return 0, sqlstate.New(sqlstate.NumericValueOutOfRange, "result is out of range")
	}
	return d.Int64(), nil
}

// Test answers << <<= >> >>= &&.
func Test(operator string, a, b Address) bool {
	within := netip.PrefixFrom(a.Addr, min(a.Bits, b.Bits)).Masked() == netip.PrefixFrom(b.Addr, min(a.Bits, b.Bits)).Masked()
	if a.Family() != b.Family() || !within {
		return false
	}
	switch operator {
	case "<<":
		return a.Bits > b.Bits
	case "<<=":
		return a.Bits >= b.Bits
	case ">>":
		return a.Bits < b.Bits
	case ">>=":
		return a.Bits <= b.Bits
	}
	return true
}

// Merge is the smallest network around two.
func Merge(a, b Address) (Address, error) {
	if a.Family() != b.Family() {
		return a, sqlstate.New(sqlstate.InvalidParameterValue, "cannot merge addresses from different families")
	}
	bits := min(a.Bits, b.Bits)
	for netip.PrefixFrom(a.Addr, bits).Masked() != netip.PrefixFrom(b.Addr, bits).Masked() {
		bits--
	}
	return Address{a.Addr, bits}.Network(), nil
}

// Key orders as network_cmp does: the family, the bits both masks have, the shorter mask
// first, then the whole address.
func (a Address) Key() string {
	var b strings.Builder
	b.WriteByte('0' + byte(a.Family()))
	bytes := a.Addr.AsSlice()
	for i := range a.Bits {
		b.WriteByte('1' + bytes[i/8]>>(7-i%8)&1)
	}
	fmt.Fprintf(&b, "0%x", bytes)
	return b.String()
}
