package audit

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// checkpoint signs the chain up to here: whoever lacks the key can no longer change a
// record before it without being found out. It is a record like others.
func (l *Log) checkpoint() error {
	if l.options.Key == nil || l.signed == l.seq {
		return nil
	}
	public := l.options.Key.Public().(ed25519.PublicKey)
	p := &pending{sync: true}
	p.pieces.encode(&record{
		Kind: "checkpoint", Key: hex.EncodeToString(public),
		Signature: hex.EncodeToString(ed25519.Sign(l.options.Key, checkpointMessage(l.seq, l.head))),
	}, ready{})
	err := l.append([]*pending{p})
	if err == nil {
		l.signed = l.seq
	}
	return err
}

// checkpointMessage is what a checkpoint signs: the last record before it.
func checkpointMessage(seq uint64, hash string) []byte {
	return fmt.Appendf(nil, "sluice audit checkpoint v1\n%d\n%s\n", seq, hash)
}

// ParseKey reads an Ed25519 private key: PKCS #8 in PEM (openssl genpkey -algorithm
// ed25519), or 64 hexadecimal digits of its seed.
func ParseKey(text string) (ed25519.PrivateKey, error) {
	text = strings.TrimSpace(text)
	if seed, err := hex.DecodeString(text); err == nil && len(seed) == ed25519.SeedSize {
		return ed25519.NewKeyFromSeed(seed), nil
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("neither PEM nor 64 hexadecimal digits")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("not a PKCS #8 private key")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("not an Ed25519 key")
	}
	return private, nil
}
