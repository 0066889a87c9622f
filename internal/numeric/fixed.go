package numeric

import "math/big"

// fixed computes with binary fixed-point numbers: an integer times 2^-bits. It
// serves exp and ln, whose callers ask for enough bits to round once.
type fixed struct{ bits uint }

// bitsFor gives room for decimal digits and for the errors of long series.
func bitsFor(digits int) fixed { return fixed{uint(max(digits, 1))*10/3 + 96} }

func (f fixed) one() *big.Int { return new(big.Int).Lsh(big.NewInt(1), f.bits) }

func (f fixed) mul(a, b *big.Int) *big.Int {
	c := new(big.Int).Mul(a, b)
	return c.Rsh(c, f.bits)
}

func (f fixed) div(a, b *big.Int) *big.Int {
	c := new(big.Int).Lsh(a, f.bits)
	return c.Quo(c, b)
}

// of gives n as a fixed-point number.
func (f fixed) of(n Number) *big.Int {
	c := new(big.Int).Lsh(n.coefficient(), f.bits)
	return c.Quo(c, pow10(int(n.scale)))
}

// round gives x × 2^shift as a number with scale decimals.
func (f fixed) round(x *big.Int, shift int, scale int32) Number {
	c := new(big.Int).Mul(x, pow10(int(scale)))
	unit := int(f.bits) - shift
	if unit <= 0 {
		return fromBig(c.Lsh(c, uint(-unit)), scale)
	}
	return fromBig(quoRound(c, new(big.Int).Lsh(big.NewInt(1), uint(unit))), scale)
}

// atanh gives 2·atanh(x) = 2(x + x³/3 + x⁵/5 + …).
func (f fixed) atanh2(x *big.Int) *big.Int {
	sum := new(big.Int).Set(x)
	square := f.mul(x, x)
	power := new(big.Int).Set(x)
	term := new(big.Int)
	for k := int64(3); ; k += 2 {
		power = f.mul(power, square)
		if term.Quo(power, big.NewInt(k)); term.Sign() == 0 {
			return sum.Lsh(sum, 1)
		}
		sum.Add(sum, term)
	}
}

func (f fixed) ln2() *big.Int { return f.atanh2(new(big.Int).Quo(f.one(), big.NewInt(3))) }

// ln gives the logarithm of c/d > 0: of c/d = m·2^k with m near 1, ln m + k ln 2.
func (f fixed) ln(c, d *big.Int) *big.Int {
	k := c.BitLen() - d.BitLen()
	m := new(big.Int).Lsh(c, f.bits)
	if k >= 0 {
		m.Quo(m, new(big.Int).Lsh(d, uint(k)))
	} else {
		m.Quo(m.Lsh(m, uint(-k)), d)
	}
	one := f.one()
	if m.Cmp(new(big.Int).Quo(new(big.Int).Mul(one, big.NewInt(4)), big.NewInt(3))) > 0 {
		m.Rsh(m, 1)
		k++
	}
	x := f.div(new(big.Int).Sub(m, one), new(big.Int).Add(m, one))
	out := f.atanh2(x)
	if k != 0 {
		out.Add(out, new(big.Int).Mul(f.ln2(), big.NewInt(int64(k))))
	}
	return out
}

// halvings of the argument of exp, undone by as many squarings.
const halvings = 8

// exp gives m and k with e^x = m·2^k.
func (f fixed) exp(x *big.Int) (m *big.Int, k int) {
	ln2 := f.ln2()
	quotient, rest := new(big.Int).QuoRem(x, ln2, new(big.Int))
	rest.Rsh(rest, halvings)
	m = f.one()
	term := f.one()
	for i := int64(1); term.Sign() != 0; i++ {
		term = f.mul(term, rest)
		term.Quo(term, big.NewInt(i))
		m.Add(m, term)
	}
	for range halvings {
		m = f.mul(m, m)
	}
	return m, int(quotient.Int64())
}
