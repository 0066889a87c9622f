// Package conntest is the contract suite of all connectors: what a connector says it
// can do is proven here, both ways, against PostgreSQL holding the same data.
package conntest
