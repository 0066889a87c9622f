package numeric

import "math/big"

// GCD gives the greatest common divisor.
func GCD(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return NaN, nil
	}
	x, y, scale := alignedBig(a, b)
	g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))
	return checked(fromBig(g, scale))
}

// LCM gives the least common multiple.
func LCM(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return NaN, nil
	}
	x, y, scale := alignedBig(a, b)
	if x.Sign() == 0 || y.Sign() == 0 {
		return Number{scale: scale}, nil
	}
	g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))
	m := new(big.Int).Mul(new(big.Int).Quo(x, g), y)
	return checked(fromBig(m.Abs(m), scale))
}
