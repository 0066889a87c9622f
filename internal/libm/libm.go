// Package libm is the C library's functions of angles and of the error function: PostgreSQL calls the same ones, so
// that results agree to the last bit on one machine. Go's own differ there now and then.
//
// In and out: numbers. It knows nothing else.
package libm

// #cgo LDFLAGS: -lm
// #include <math.h>
import "C"

// Sin is the sine of radians.
func Sin(x float64) float64 { return float64(C.sin(C.double(x))) }

// Cos is the cosine of radians.
func Cos(x float64) float64 { return float64(C.cos(C.double(x))) }

// Asin is the arc sine in radians.
func Asin(x float64) float64 { return float64(C.asin(C.double(x))) }

// Acos is the arc cosine in radians.
func Acos(x float64) float64 { return float64(C.acos(C.double(x))) }

// Atan is the arc tangent in radians.
func Atan(x float64) float64 { return float64(C.atan(C.double(x))) }

// Atan2 is the angle of a point in radians.
func Atan2(y, x float64) float64 { return float64(C.atan2(C.double(y), C.double(x))) }

// Atanh is the inverse hyperbolic tangent.
func Atanh(x float64) float64 { return float64(C.atanh(C.double(x))) }

// Erf is the error function.
func Erf(x float64) float64 { return float64(C.erf(C.double(x))) }

// Erfc is one less the error function.
func Erfc(x float64) float64 { return float64(C.erfc(C.double(x))) }
