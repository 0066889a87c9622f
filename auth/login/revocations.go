package login

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Revocations are the lists of certificates that authorities have taken back (RFC 5280,
// section 5), in one file: PEM, any number of them, or one in DER. The file is read again
// when it has changed. Safe for concurrent use.
type Revocations struct {
	file string
	now  func() time.Time

	mu    sync.Mutex
	of    os.FileInfo // as it was read
	lists []*x509.RevocationList
}

// OpenRevocations reads the lists for the first time. now nil is the system's clock.
func OpenRevocations(file string, now func() time.Time) (*Revocations, error) {
	if now == nil {
		now = time.Now
	}
	r := &Revocations{file: file, now: now}
	_, err := r.current()
	return r, err
}

// Check refuses a certificate, by its verified chains, unless for one of them each
// certificate up to the root's own stands on no list, and its issuer has a list that is in
// force: an old list does not tell what has been taken back since.
func (r *Revocations) Check(chains [][]*x509.Certificate) error {
	lists, err := r.current()
	if err != nil {
		return err
	}
	err = errors.New("no chain of certificates")
	for _, chain := range chains {
		if err = r.chain(chain, lists); err == nil {
			return nil
		}
	}
	return err
}

func (r *Revocations) chain(chain []*x509.Certificate, lists []*x509.RevocationList) error {
	for i := range len(chain) - 1 {
		if err := r.certificate(chain[i], chain[i+1], lists); err != nil {
			return err
		}
	}
	return nil
}

func (r *Revocations) certificate(c, issuer *x509.Certificate, lists []*x509.RevocationList) error {
	now, listed := r.now(), false
	for _, l := range lists {
		if l.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if slices.ContainsFunc(l.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(c.SerialNumber) == 0 }) {
			return errors.New("the client's certificate has been revoked")
		}
		listed = listed || !now.Before(l.ThisUpdate) && now.Before(l.NextUpdate)
	}
	if !listed {
		return errors.New("no revocation list of the client certificate's issuer is in force")
	}
	return nil
}

// current gives the lists as they are in the file now.
func (r *Revocations) current() ([]*x509.RevocationList, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, err := os.Stat(r.file)
	if err != nil {
		return nil, fmt.Errorf("revocation lists: %w", err)
	}
	if r.of != nil && os.SameFile(r.of, now) && now.ModTime().Equal(r.of.ModTime()) && now.Size() == r.of.Size() {
		return r.lists, nil
	}
	text, err := os.ReadFile(r.file)
	if err != nil {
		return nil, fmt.Errorf("revocation lists: %w", err)
	}
	lists, err := parseRevocations(text)
	if err != nil {
		return nil, fmt.Errorf("revocation lists in %s: %w", r.file, err)
	}
	r.of, r.lists = now, lists
	return lists, nil
}

func parseRevocations(text []byte) ([]*x509.RevocationList, error) {
	var all []*x509.RevocationList
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "X509 CRL" {
			continue
		}
		l, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	if all != nil {
		return all, nil
	}
	l, err := x509.ParseRevocationList(text)
	if err != nil {
		return nil, errors.New("there is none")
	}
	return []*x509.RevocationList{l}, nil
}
