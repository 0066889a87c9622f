package meshdir

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// OIDs from 16384 (FirstNormalObjectId) are those of user objects; clients read them
// into signed 32-bit integers at times.
const (
	firstOID = 16384
	endOID   = 1 << 31
)

// assignOIDs gives each table an OID that is the same after every restart and on every
// gateway: a hash of its name. Where two hashes meet, the later name takes the next free one.
func assignOIDs(domains []*catalog.Domain) {
	names := map[*catalog.Table]string{}
	var tables []*catalog.Table
	for _, d := range domains {
		for _, t := range d.Tables() {
			names[t] = fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%s", d.Name, t.Product.Name, t.Major, t.ContractID, t.Object)
			tables = append(tables, t)
		}
	}
	slices.SortFunc(tables, func(a, b *catalog.Table) int { return cmp.Compare(names[a], names[b]) })
	taken := map[uint32]bool{}
	for _, t := range tables {
		sum := sha256.Sum256([]byte(names[t]))
		oid := firstOID + uint32(binary.BigEndian.Uint64(sum[:])%(endOID-firstOID))
		for taken[oid] {
			if oid++; oid == endOID {
				oid = firstOID
			}
		}
		taken[oid] = true
		t.OID = oid
	}
}
