package pgwire

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// appendDecodedBits follows bit_recv: bits beyond the length are ignored.
func appendDecodedBits(buf []byte, oid pgtype.OID, value []byte) ([]byte, error) {
	if len(value) < 4 {
		return nil, malformed(oid)
	}
	length := int(int32(binary.BigEndian.Uint32(value)))
	value = value[4:]
	if length < 0 || len(value) != (length+7)/8 {
		return nil, malformed(oid)
	}
	for i := range length {
		buf = append(buf, '0'+value[i/8]>>(7-i%8)&1)
	}
	return buf, nil
}

// appendDecodedMac writes the bytes of a macaddr or macaddr8 with colons.
func appendDecodedMac(buf, value []byte) []byte {
	for i, b := range value {
		if i > 0 {
			buf = append(buf, ':')
		}
		buf = hex.AppendEncode(buf, []byte{b})
	}
	return buf
}

// appendDecodedNetwork follows network_recv and network_out.
func appendDecodedNetwork(buf []byte, oid pgtype.OID, value []byte) ([]byte, error) {
	if len(value) < 4 || len(value) != 4+int(value[3]) {
		return nil, malformed(oid)
	}
	family, bits := value[0], int(value[1])
	address, ok := netip.AddrFromSlice(value[4:])
	if !ok || address.Is4() != (family == inetFamily4) || family != inetFamily4 && family != inetFamily6 || bits > address.BitLen() {
		return nil, malformed(oid)
	}
	cidr := oid == pgtype.Cidr
	if cidr && netip.PrefixFrom(address, bits).Masked().Addr() != address {
		return nil, malformed(oid) // bits set to the right of the mask
	}
	buf = appendAddress(buf, address)
	if cidr || bits != address.BitLen() {
		buf = strconv.AppendInt(append(buf, '/'), int64(bits), 10)
	}
	return buf, nil
}

// appendAddress writes as inet_net_ntop.c does: like netip, but an address whose
// first six groups, and no more, are zero ends in dotted decimals.
func appendAddress(buf []byte, address netip.Addr) []byte {
	if !address.Is6() {
		return address.AppendTo(buf)
	}
	groups := address.As16()
	for _, b := range groups[:12] {
		if b != 0 {
			return address.AppendTo(buf)
		}
	}
	if groups[12] == 0 && groups[13] == 0 {
		return address.AppendTo(buf)
	}
	four := netip.AddrFrom4([4]byte(groups[12:]))
	return four.AppendTo(append(buf, "::"...))
}
