package pgwire

import (
	"io"
	"sync"
)

// readAheadBytes is the size of each of the two buffers of a readAhead.
const readAheadBytes = 16 << 10

// readAhead reads a socket in its own goroutine, a bounded distance ahead of who
// reads from it. So a client that disconnects is noticed while its statement runs,
// and what it has pipelined meanwhile is kept. A client that has sent more than
// both buffers hold is noticed once they are read.
type readAhead struct {
	filled  chan []byte
	free    chan []byte
	stopped chan struct{}
	err     error // why filled was closed; read it after that only

	current []byte // the rest of what is being read
	owner   []byte // the buffer current lies in
	done    sync.WaitGroup
}

// newReadAhead starts to read r. ended is called once, when r fails or ends.
func newReadAhead(r io.Reader, ended func(error)) *readAhead {
	a := &readAhead{filled: make(chan []byte, 2), free: make(chan []byte, 2), stopped: make(chan struct{})}
	a.free <- make([]byte, readAheadBytes)
	a.free <- make([]byte, readAheadBytes)
	a.done.Go(func() {
		a.err = a.pump(r)
		ended(a.err)
		close(a.filled)
	})
	return a
}

// pump reads until r fails or the reader stops.
func (a *readAhead) pump(r io.Reader) error {
	for {
		var buffer []byte
		select {
		case buffer = <-a.free:
		case <-a.stopped:
			return io.ErrClosedPipe
		}
		n, err := r.Read(buffer[:readAheadBytes])
		if n > 0 {
			a.filled <- buffer[:n] // never blocks: two buffers, two places
		} else {
			a.free <- buffer
		}
		if err != nil {
			return err
		}
	}
}

// ready tells whether Read gives something at once.
func (a *readAhead) ready() bool { return len(a.current) > 0 }

// take makes what came from filled the current chunk; ok as received.
func (a *readAhead) take(chunk []byte, ok bool) error {
	if !ok {
		return a.err
	}
	a.owner, a.current = chunk, chunk
	return nil
}

// Read waits for bytes and gives those there are.
func (a *readAhead) Read(p []byte) (int, error) {
	if !a.ready() {
		chunk, ok := <-a.filled
		if err := a.take(chunk, ok); err != nil {
			return 0, err
		}
	}
	n := copy(p, a.current)
	a.current = a.current[n:]
	if len(a.current) == 0 {
		a.free <- a.owner
		a.owner = nil
	}
	return n, nil
}

// stop ends the goroutine. The socket must be closed already.
func (a *readAhead) stop() {
	close(a.stopped)
	a.done.Wait()
}
