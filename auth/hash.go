package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"

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

// Hasher computes sluice.hash with keys derived from one secret. Safe for concurrent use.
type Hasher struct {
	secret []byte
	keys   sync.Map // name of a key to *hashKey
}

// hashKey is what one name's key is used by. Text goes through HMAC; the rounds over
// integers through AES, which is as good a pseudo-random function on one block and
// cheap enough for every row.
type hashKey struct {
	text  []byte
	block cipher.Block
}

// NewHasher makes a Hasher from the secret that hashKeyRef points at.
func NewHasher(secret string) *Hasher { return &Hasher{secret: []byte(secret)} }

func (h *Hasher) key(name string) *hashKey {
	if k, ok := h.keys.Load(name); ok {
		return k.(*hashKey)
	}
	block, err := aes.NewCipher(h.derive("integer", name))
	if err != nil {
		panic("auth: an AES key of 32 bytes: " + err.Error())
	}
	name = strings.Clone(name) // the engine's memory, which it uses again, would be the map's key
	k, _ := h.keys.LoadOrStore(name, &hashKey{text: h.derive("text", name), block: block})
	return k.(*hashKey)
}

// derive gives a key of 32 bytes for one use of one name.
func (h *Hasher) derive(use, name string) []byte {
	m := hmac.New(sha256.New, h.secret)
	m.Write([]byte("sluice.hash\x00" + use + "\x00" + name))
	return m.Sum(nil)
}

// sum is HMAC-SHA-256 of a value; kind keeps equal bytes of different types apart.
func (k *hashKey) sum(kind string, value []byte) []byte {
	m := hmac.New(sha256.New, k.text)
	m.Write([]byte(kind + "\x00"))
	m.Write(value)
	return m.Sum(nil)
}

// Text gives 32 hexadecimal digits.
func (h *Hasher) Text(key, value string) string {
	return hex.EncodeToString(h.key(key).sum("text", []byte(value))[:16])
}

// UUID gives a random-looking UUID (version 8: its bits are ours, RFC 9562).
func (h *Hasher) UUID(key string, value [16]byte) [16]byte {
	var out [16]byte
	copy(out[:], h.key(key).sum("uuid", value[:]))
	out[6] = out[6]&0x0f | 0x80
	out[8] = out[8]&0x3f | 0x80
	return out
}

// rounds of the Feistel network; four already make a permutation that cannot be told
// from a random one without the key (Luby and Rackoff), more cost little.
const rounds = 8

// round is the pseudo-random function of one round: 32 bits of an encrypted block that
// holds the width of the integer, the round and half of the value.
func (k *hashKey) round(width, round byte, half uint32) uint32 {
	var block [aes.BlockSize]byte
	block[0], block[1] = width, round
	binary.BigEndian.PutUint32(block[2:], half)
	k.block.Encrypt(block[:], block[:])
	return binary.BigEndian.Uint32(block[:])
}

// Int8 permutes the 64-bit integers: different values never meet, so joins on the hash
// give what joins on the value would.
func (h *Hasher) Int8(key string, value int64) int64 {
	k := h.key(key)
	left, right := uint32(uint64(value)>>32), uint32(uint64(value))
	for i := range rounds {
		left, right = right, left^k.round(8, byte(i), right)
	}
	return int64(uint64(left)<<32 | uint64(right))
}

// Int4 permutes the 32-bit integers.
func (h *Hasher) Int4(key string, value int32) int32 {
	k := h.key(key)
	left, right := uint16(uint32(value)>>16), uint16(uint32(value))
	for i := range rounds {
		left, right = right, left^uint16(k.round(4, byte(i), uint32(right)))
	}
	return int32(uint32(left)<<16 | uint32(right))
}
