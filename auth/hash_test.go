package auth

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sluicemesh/sluice/internal/seed"
)

func TestHashIsStable(t *testing.T) {
	t.Parallel()
	h := NewHasher("secret")
	for _, c := range []struct {
		key, value, want string
	}{
		{"mesh", "dana@shop.example", h.Text("mesh", "dana@shop.example")},
		{"mesh", "", h.Text("mesh", "")},
	} {
		if got := NewHasher("secret").Text(c.key, c.value); got != c.want || len(got) != 32 {
			t.Errorf("Text(%q, %q) = %q, want %q", c.key, c.value, got, c.want)
		}
		if h.Text("domain:sales", c.value) == c.want || NewHasher("other").Text(c.key, c.value) == c.want {
			t.Errorf("Text(%q) does not depend on its key", c.value)
		}
	}
	u := h.UUID("mesh", [16]byte{1})
	if u[6]>>4 != 8 || u[8]>>6 != 2 {
		t.Errorf("UUID %x is not of version 8", u)
	}
}

// Different integers never meet.
func TestIntegersArePermuted(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(seed.For(t), 0))
	h := NewHasher("secret")
	four, eight := map[int32]int32{}, map[int64]int64{}
	for i := range 20_000 {
		a, b := int32(i), int64(i)
		if i%2 == 1 {
			a, b = r.Int32()-math.MaxInt32/2, int64(r.Uint64())
		}
		if before, ok := four[h.Int4("mesh", a)]; ok && before != a {
			t.Fatalf("Int4 of %d and %d meet", before, a)
		}
		if before, ok := eight[h.Int8("mesh", b)]; ok && before != b {
			t.Fatalf("Int8 of %d and %d meet", before, b)
		}
		four[h.Int4("mesh", a)], eight[h.Int8("mesh", b)] = a, b
	}
	for _, v := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
		if h.Int8("mesh", v) == v {
			t.Errorf("Int8 leaves %d as it is", v)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher("secret")
	b.Run("int8", func(b *testing.B) {
		for i := range b.N {
			h.Int8("mesh", int64(i))
		}
	})
	b.Run("text", func(b *testing.B) {
		for range b.N {
			h.Text("mesh", "dana@shop.example")
		}
	})
}
