package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// HashSchema and HashName name the function behind hash masks, sluice.hash(text, T) → T.
// It is no function of PostgreSQL: no statement can call it, no source can run it, and
// the local engine gets it from a Hasher.
const (
	HashSchema = "sluice"
	HashName   = "hash"
)

// HashTypes are the types T that sluice.hash exists for.
var HashTypes = []pgtype.OID{pgtype.Text, pgtype.Int4, pgtype.Int8, pgtype.UUID}

// HashProcedure gives sluice.hash for a type.
func HashProcedure(t pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{
		Schema: HashSchema, Name: HashName, Kind: pgtype.FunctionKind,
		ArgTypes: []pgtype.OID{pgtype.Text, t}, Result: t, Volatility: 'i', Strict: true,
	}
}

// hashed gives sluice.hash(key's name, column). The key itself is never in a plan.
func hashed(stored *plan.ColumnRef, key string) plan.Expr {
	b := &builder{}
	var value plan.Expr = stored
	switch stored.Type().OID {
	case pgtype.Varchar, pgtype.Bpchar:
		value = b.asText(stored)
	}
	oid := value.Type().OID
	call := &plan.Call{Procedure: HashProcedure(oid), Args: []plan.Expr{literal(pgtype.Text, key), value}, Of: pgtype.Of(oid)}
	return b.as(call, stored.Type())
}

// Hasher computes sluice.hash with keys derived from one secret.
type Hasher struct{ secret []byte }

// NewHasher makes a Hasher from the secret that hashKeyRef points at.
func NewHasher(secret string) *Hasher { return &Hasher{secret: []byte(secret)} }

// sum is HMAC-SHA-256 of a value under the key of a name; kind keeps equal bytes of different types apart.
func (h *Hasher) sum(key, kind string, value []byte) []byte {
	derived := hmac.New(sha256.New, h.secret)
	derived.Write([]byte("sluice.hash\x00" + key))
	m := hmac.New(sha256.New, derived.Sum(nil))
	m.Write([]byte(kind + "\x00"))
	m.Write(value)
	return m.Sum(nil)
}

// Text gives 32 hexadecimal digits.
func (h *Hasher) Text(key, value string) string {
	return hex.EncodeToString(h.sum(key, "text", []byte(value))[:16])
}

// UUID gives a random-looking UUID (version 8: its bits are ours, RFC 9562).
func (h *Hasher) UUID(key string, value [16]byte) [16]byte {
	var out [16]byte
	copy(out[:], h.sum(key, "uuid", value[:]))
	out[6] = out[6]&0x0f | 0x80
	out[8] = out[8]&0x3f | 0x80
	return out
}

// rounds of the Feistel network; four already make a permutation that cannot be told
// from a random one without the key (Luby and Rackoff), more cost little.
const rounds = 8

// Int8 permutes the 64-bit integers: different values never meet, so joins on the hash
// give what joins on the value would.
func (h *Hasher) Int8(key string, value int64) int64 {
	left, right := uint32(uint64(value)>>32), uint32(uint64(value))
	for round := range rounds {
		var in [5]byte
		binary.BigEndian.PutUint32(in[:], right)
		in[4] = byte(round)
		left, right = right, left^binary.BigEndian.Uint32(h.sum(key, "int8", in[:]))
	}
	return int64(uint64(left)<<32 | uint64(right))
}

// Int4 permutes the 32-bit integers.
func (h *Hasher) Int4(key string, value int32) int32 {
	left, right := uint16(uint32(value)>>16), uint16(uint32(value))
	for round := range rounds {
		var in [3]byte
		binary.BigEndian.PutUint16(in[:], right)
		in[2] = byte(round)
		left, right = right, left^binary.BigEndian.Uint16(h.sum(key, "int4", in[:]))
	}
	return int32(uint32(left)<<16 | uint32(right))
}
