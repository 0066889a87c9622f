package numeric

import (
	"math/big"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Sqrt gives the square root with at least 16 significant digits.
func Sqrt(n Number) (Number, error) {
	if n.kind == notANumber {
		return n, nil
	}
	if n.Sign() < 0 {
		return Number{}, sqlstate.New(sqlstate.InvalidArgumentForPower, "cannot take square root of a negative number")
	}
	if n.kind == infinity {
		return n, nil
	}
	weight, _ := n.leading()
	// numeric.c: sweight = (arg.weight + 1) * DEC_DIGITS / 2 - 1
	return checked(root(n, displayScale(minSignificantDigits-((weight+1)*4/2-1), n.scale)))
}

// root gives the square root rounded to scale.
func root(n Number, scale int32) Number {
	shift := 2*int(scale) - int(n.scale)
	c := n.coefficient()
	if shift >= 0 {
		c = new(big.Int).Mul(c, pow10(shift))
	} else {
		c = new(big.Int).Quo(c, pow10(-shift)) // what is cut off cannot reach the next half
	}
	r := new(big.Int).Sqrt(c)
	rest := new(big.Int).Sub(c, new(big.Int).Mul(r, r))
	if rest.Cmp(r) > 0 { // c > (r + 1/2)²
		r.Add(r, big.NewInt(1))
	}
	return fromBig(r, scale)
}
