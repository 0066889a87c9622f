package pgwire

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"sync"
)

// Why a statement's context ended. context.Cause tells them apart.
var (
	errCancelRequest = errors.New("cancel request")
	errClientGone    = errors.New("client disconnected")
	errShutdown      = errors.New("server shutting down")
)

// Lengths of the secret in BackendKeyData. libpq refuses any but 4 under
// protocol 3.0; 3.2 allows 4 to 256.
const (
	secretBytes30 = 4
	secretBytes32 = 32
)

// cancelKeys knows every session's process id and secret.
type cancelKeys struct {
	mu   sync.Mutex
	last uint32
	keys map[uint32]*cancelKey
}

// cancelKey is one session's: its secret, and how to stop what it runs just now.
type cancelKey struct {
	processID uint32
	secret    []byte

	mu      sync.Mutex
	running context.CancelCauseFunc // nil between statements
}

func newCancelKeys() *cancelKeys {
	return &cancelKeys{keys: map[uint32]*cancelKey{}}
}

// add makes the key of a new session. Process ids are positive int4, as clients show them.
func (k *cancelKeys) add(secretBytes int) *cancelKey {
	key := &cancelKey{secret: make([]byte, secretBytes)}
	_, _ = rand.Read(key.secret) // never fails (crypto/rand)
	k.mu.Lock()
	defer k.mu.Unlock()
	for key.processID == 0 || k.keys[key.processID] != nil {
		k.last = k.last&0x7fffffff + 1
		key.processID = k.last & 0x7fffffff
	}
	k.keys[key.processID] = key
	return key
}

// remove forgets an ended session.
func (k *cancelKeys) remove(key *cancelKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, key.processID)
}

// cancel stops the statement the session runs just now, if the secret is its own.
// It tells nobody whether it did.
func (k *cancelKeys) cancel(processID uint32, secret []byte) {
	k.mu.Lock()
	key := k.keys[processID]
	k.mu.Unlock()
	if key == nil || subtle.ConstantTimeCompare(key.secret, secret) != 1 {
		return
	}
	key.mu.Lock()
	defer key.mu.Unlock()
	if key.running != nil {
		key.running(errCancelRequest)
	}
}

// start notes the running statement; the returned function notes its end.
func (k *cancelKey) start(cancel context.CancelCauseFunc) (stop func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = cancel
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.running = nil
	}
}
