package gateway

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/planner/optimization"
)

// basis is what a session's statements are planned on and decided by: one epoch of the
// mesh, the principal as that epoch knows it, the settings. It never changes; once the
// mesh, a setting or what is granted at this time does, the session takes another one.
type basis struct {
	epoch    *Epoch
	who      auth.Principal
	path     []string // schemas of the search path that exist for the principal
	zone     *time.Location
	order    string // of DateStyle
	settings uint64 // version of the settings
	off      optimization.Off
	until    time.Time

	principal [sha256.Size]byte // of all that is known of the principal
	terms     [sha256.Size]byte // of that and of the settings that plans may depend on
}

// basisLife bounds how long a basis is taken for granted, and with it every plan made on
// it: for what neither epochs nor grants tell of, such as a key that was replaced in its file.
const basisLife = 10 * time.Second

// basis gives the present one.
func (s *session) basis() (*basis, error) {
	if err := s.current(); err != nil {
		return nil, err
	}
	epoch, now := s.gateway.epoch.Load(), s.gateway.now()
	if b := s.known; b != nil && b.epoch == epoch && b.settings == s.settings.values.version && now.Before(b.until) {
		return b, nil
	}
	b, err := s.newBasis(epoch, now)
	if err == nil {
		s.known = b
	}
	return b, err
}

func (s *session) newBasis(epoch *Epoch, now time.Time) (*basis, error) {
	who, err := epoch.principalOf(s.login, s.settings.value("sluice.purpose"))
	if err != nil {
		return nil, err
	}
	b := &basis{epoch: epoch, who: who, settings: s.settings.values.version, until: now.Add(basisLife), order: s.settings.dateOrder(), off: s.off()}
	if change := epoch.Mesh.NextChange(now); !change.IsZero() && change.Before(b.until) {
		b.until = change
	}
	if b.zone, err = location(s.settings.value("timezone")); err != nil {
		return nil, err
	}
	path, err := schemas(s.settings.value("search_path"), s.login.User)
	if err != nil {
		return nil, err
	}
	b.path = existing(epoch.views.of(who), path)
	b.principal = principalDigest(who)
	b.terms = termsDigest(b.principal, s.settings.values.current)
	return b, nil
}

// principalDigest is equal for principals of one epoch between whom no policy can tell.
func principalDigest(who auth.Principal) (sum [sha256.Size]byte) {
	h := sha256.New()
	hashTexts(h, who.User, who.Purpose, map[bool]string{true: "auditor"}[who.Auditor])
	hashList(h, who.Groups)
	for _, name := range slices.Sorted(maps.Keys(who.Attributes)) {
		hashTexts(h, name, who.Attributes[name])
	}
	h.Sum(sum[:0])
	return sum
}

// termsDigest adds every setting but those that no plan depends on.
func termsDigest(principal [sha256.Size]byte, settings map[string]string) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write(principal[:])
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if p := parameters[name]; !planless[name] && !p.ofTransaction {
			hashTexts(h, name, settings[name])
		}
	}
	h.Sum(sum[:0])
	return sum
}

// planless are settings that no plan and no answer depends on. One that is missing here
// costs sessions a plan that they could have shared, never a wrong one.
var planless = map[string]bool{"application_name": true, "client_min_messages": true, "statement_timeout": true, "lock_timeout": true,
	"transaction_timeout": true, "idle_session_timeout": true, "idle_in_transaction_session_timeout": true}

// hashTexts hashes texts so that no two lists of them are alike.
func hashTexts(h hash.Hash, texts ...string) {
	for _, text := range texts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		h.Write(length[:])
		h.Write([]byte(text))
	}
}

func hashList(h hash.Hash, texts []string) {
	var count [8]byte
	binary.BigEndian.PutUint64(count[:], uint64(len(texts)))
	h.Write(count[:])
	hashTexts(h, texts...)
}
