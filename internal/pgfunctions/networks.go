package pgfunctions

import (
	"math/big"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgnetwork"
)

// networks are functions of inet and cidr, which stand as VARCHAR as their output functions
// print them.
//
//	pg_inet_in, pg_cidr_in (VARCHAR); pg_network_key, pg_network_text, pg_network_host(address) VARCHAR, pg_inet_of, pg_cidr_of (address)
//	pg_network_family, pg_network_bits(address) INTEGER, pg_network_mask|hostmask|broadcast|not(address) inet
//	pg_inet_with, pg_cidr_with (address, INTEGER), pg_cidr_abbrev(cidr), pg_network_and|or(inet, inet)
//	pg_network_add, pg_network_sub (inet, BIGINT) inet, pg_network_minus(inet, inet) BIGINT, pg_network_merge(inet, inet) cidr
//	pg_network_test(operator, inet, inet) BOOLEAN
func networks() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_inet_in", func(s string) (string, error) {
			a, err := pgnetwork.Parse(s, false)
			return textOf(a, err, pgnetwork.Address.Inet)
		}),
		duckdb.Func1("pg_cidr_in", func(s string) (string, error) {
			a, err := pgnetwork.Parse(s, true)
			return textOf(a, err, pgnetwork.Address.Cidr)
		}),
		ofAddress("pg_network_key", pgnetwork.Address.Key), ofAddress("pg_network_text", pgnetwork.Address.Cidr), ofAddress("pg_network_host", pgnetwork.Address.Host),
		ofAddress("pg_inet_of", pgnetwork.Address.Inet), ofAddress("pg_cidr_of", func(a pgnetwork.Address) string { return a.Network().Cidr() }),
		ofAddress("pg_network_family", pgnetwork.Address.Family), ofAddress("pg_network_bits", func(a pgnetwork.Address) int32 { return int32(a.Bits) }),
		ofAddress("pg_network_mask", func(a pgnetwork.Address) string { return a.Netmask().Inet() }),
		ofAddress("pg_network_hostmask", func(a pgnetwork.Address) string { return a.Hostmask().Inet() }),
		ofAddress("pg_network_broadcast", func(a pgnetwork.Address) string { return a.Broadcast().Inet() }),
		ofAddress("pg_network_not", func(a pgnetwork.Address) string { return a.Not().Inet() }),
		duckdb.Func2("pg_inet_with", func(s string, bits int32) (string, error) {
			a, err := pgnetwork.Parse(s, false)
			if err == nil {
				a, err = a.WithBits(bits, false)
			}
			return textOf(a, err, pgnetwork.Address.Inet)
		}),
		duckdb.Func2("pg_cidr_with", func(s string, bits int32) (string, error) {
			a, err := pgnetwork.Parse(s, false)
			if err == nil {
				a, err = a.WithBits(bits, true)
			}
			return textOf(a, err, pgnetwork.Address.Cidr)
		}),
		ofAddress("pg_cidr_abbrev", pgnetwork.Address.Abbreviated),
		ofAddresses("pg_network_and", func(a, b pgnetwork.Address) (string, error) {
			a, err := pgnetwork.Combine('&', a, b)
			return textOf(a, err, pgnetwork.Address.Inet)
		}),
		ofAddresses("pg_network_or", func(a, b pgnetwork.Address) (string, error) {
			a, err := pgnetwork.Combine('|', a, b)
			return textOf(a, err, pgnetwork.Address.Inet)
		}),
		ofAddresses("pg_network_merge", func(a, b pgnetwork.Address) (string, error) {
			a, err := pgnetwork.Merge(a, b)
			return textOf(a, err, pgnetwork.Address.Cidr)
		}),
		ofAddresses("pg_network_minus", pgnetwork.Address.Minus),
		duckdb.Func2("pg_network_add", func(s string, n int64) (string, error) { return moveAddress(s, big.NewInt(n)) }),
		duckdb.Func2("pg_network_sub", func(s string, n int64) (string, error) {
			return moveAddress(s, big.NewInt(-n)) // the lowest has no opposite: it is added, as inetmi_int8 does
		}),
		duckdb.Func3("pg_network_test", func(operator, x, y string) (bool, error) {
			a, err := pgnetwork.Parse(x, false)
			if err != nil {
				return false, err
			}
			b, err := pgnetwork.Parse(y, false)
			return err == nil && pgnetwork.Test(operator, a, b), err
		}),
	}
}

// textOf prints an address unless there was an error.
func textOf(a pgnetwork.Address, err error, print func(pgnetwork.Address) string) (string, error) {
	if err != nil {
		return "", err
	}
	return print(a), nil
}

func ofAddress[R duckdb.Value](name string, f func(pgnetwork.Address) R) duckdb.ScalarFunction {
	return duckdb.Func1(name, func(s string) (out R, err error) {
		a, err := pgnetwork.Parse(s, false)
		if err == nil {
			out = f(a)
		}
		return out, err
	})
}

func ofAddresses[R duckdb.Value](name string, f func(a, b pgnetwork.Address) (R, error)) duckdb.ScalarFunction {
	return duckdb.Func2(name, func(x, y string) (out R, err error) {
		a, err := pgnetwork.Parse(x, false)
		if err != nil {
			return out, err
		}
		b, err := pgnetwork.Parse(y, false)
		if err != nil {
			return out, err
		}
		return f(a, b)
	})
}

func moveAddress(s string, n *big.Int) (string, error) {
	a, err := pgnetwork.Parse(s, false)
	if err == nil {
		a, err = a.Add(n)
	}
	return textOf(a, err, pgnetwork.Address.Inet)
}
