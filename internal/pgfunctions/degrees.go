package pgfunctions

import (
	"math"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/libm"
)

// degreeFunctions: pg_sind, pg_cosd, pg_tand, pg_cotd, pg_asind, pg_acosd, pg_atand, pg_atan2d,
// pg_atanh of DOUBLE. Angles are in degrees, and exact where the result is (sind(30) is
// 0.5): results are scaled by what the library gives for an angle whose result is known
// (float.c: sind_0_to_30 and its like).
func degreeFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_sind", ofAngle(func(x float64) float64 { return oddQuadrant(x, false, sinFirst) })),
		duckdb.Func1("pg_cosd", ofAngle(cosd)),
		duckdb.Func1("pg_tand", ofAngle(func(x float64) float64 {
			return oddQuadrant(x, true, func(x float64) float64 { return sinFirst(x) / cosFirst(x) / tan45 })
		})),
		duckdb.Func1("pg_cotd", ofAngle(func(x float64) float64 {
			return oddQuadrant(x, true, func(x float64) float64 { return cosFirst(x) / sinFirst(x) / cot45 })
		})),
		duckdb.Func1("pg_asind", ofUnit(func(x float64) float64 {
			if x < 0 {
				return -asinFirst(-x)
			}
			return asinFirst(x)
		})),
		duckdb.Func1("pg_acosd", ofUnit(func(x float64) float64 {
			if x < 0 {
				return 90 + asinFirst(-x)
			}
			return acosFirst(x)
		})),
		duckdb.Func1("pg_atand", func(x float64) (float64, error) { return libm.Atan(x) / atan1 * 45, nil }),
		duckdb.Func2("pg_atan2d", func(y, x float64) (float64, error) { return libm.Atan2(y, x) / atan1 * 45, nil }),
		duckdb.Func1("pg_atanh", ofUnit(func(x float64) float64 {
			if x == 1 || x == -1 {
				return math.Inf(int(x))
			}
			return libm.Atanh(x)
		})),
	}
}

// radiansPerDegree is a variable so that products with it are rounded as at run time.
var radiansPerDegree = 0.0174532925199432957692

// What the library gives for angles whose result is known.
var (
	sin30         = libm.Sin(30 * radiansPerDegree)
	oneMinusCos60 = 1 - libm.Cos(60*radiansPerDegree)
	asinHalf      = libm.Asin(0.5)
	acosHalf      = libm.Acos(0.5)
	atan1         = libm.Atan(1)
	tan45         = sinFirst(45) / cosFirst(45)
	cot45         = cosFirst(45) / sinFirst(45)
)

func ofAngle(f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		switch {
		case isNaN(x):
			return x, nil
		case isInf(x):
			return 0, outOfRange("input is out of range")
		}
		return f(math.Mod(x, 360)), nil
	}
}

func ofUnit(f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		if x < -1 || x > 1 {
			return 0, outOfRange("input is out of range")
		}
		return f(x), nil
	}
}

// oddQuadrant brings an angle into the first quadrant. inverted: the second one has the
// other sign (tangents); such results have no negative zero.
func oddQuadrant(x float64, inverted bool, first func(float64) float64) float64 {
	sign := 1.0
	if x < 0 {
		x, sign = -x, -sign
	}
	if x > 180 {
		x, sign = 360-x, -sign
	}
	if x > 90 {
		x = 180 - x
		if inverted {
			sign = -sign
		}
	}
	result := sign * first(x)
	if inverted && result == 0 {
		return 0
	}
	return result
}

func cosd(x float64) float64 {
	sign := 1.0
	x = math.Abs(x)
	if x > 180 {
		x = 360 - x
	}
	if x > 90 {
		x, sign = 180-x, -sign
	}
	return sign * cosFirst(x)
}

func sinFirst(x float64) float64 {
	if x <= 30 {
		return sinTo30(x)
	}
	return cosTo60(90 - x)
}

func cosFirst(x float64) float64 {
	if x <= 60 {
		return cosTo60(x)
	}
	return sinTo30(90 - x)
}

func sinTo30(x float64) float64 { return libm.Sin(x*radiansPerDegree) / sin30 / 2 }

func cosTo60(x float64) float64 {
	return 1 - (1-libm.Cos(x*radiansPerDegree))/oneMinusCos60/2
}

func asinFirst(x float64) float64 {
	if x <= 0.5 {
		return libm.Asin(x) / asinHalf * 30
	}
	return 90 - libm.Acos(x)/acosHalf*60
}

func acosFirst(x float64) float64 {
	if x <= 0.5 {
		return 90 - libm.Asin(x)/asinHalf*30
	}
	return libm.Acos(x) / acosHalf * 60
}
