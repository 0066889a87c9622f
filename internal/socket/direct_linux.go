package socket

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// directConn is a connection with a descriptor. What it waits for, its deadlines and its
// end stay with the net package.
type directConn struct {
	net.Conn
	raw         syscall.RawConn
	read, write transfer
}

var _ net.Conn = (*directConn)(nil)

func direct(c net.Conn) net.Conn {
	described, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := described.SyscallConn()
	if err != nil {
		return c
	}
	d := &directConn{Conn: c, raw: raw}
	d.read.step, d.write.step = d.read.once, d.write.all
	return d
}

// Read waits for bytes and gives those there are.
func (c *directConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, failed, ended := c.read.run(c.raw.Read, p)
	switch {
	case ended != nil:
		return 0, ended
	case failed != 0:
		return 0, c.wrong("read", failed)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all of p, or says why not.
func (c *directConn) Write(p []byte) (int, error) {
	n, failed, ended := c.write.run(c.raw.Write, p)
	switch {
	case ended != nil:
		return n, ended
	case failed != 0:
		return n, c.wrong("write", failed)
	}
	return n, nil
}

func (c *directConn) wrong(operation string, failed syscall.Errno) error {
	return &net.OpError{
		Op: operation, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(operation, failed),
	}
}

// transfer is one direction. step is kept, since one made for each call would be memory
// of its own.
type transfer struct {
	mu     sync.Mutex
	step   func(descriptor uintptr) (done bool)
	bytes  []byte
	moved  int
	failed syscall.Errno
}

// run moves bytes; ended is the net package's error where the connection, or its time, did.
func (t *transfer) run(wait func(func(uintptr) bool) error, p []byte) (moved int, failed syscall.Errno, ended error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes, t.moved, t.failed = p, 0, 0
	ended = wait(t.step)
	t.bytes = nil
	return t.moved, t.failed, ended
}

// once reads what there is; not done is what must wait for some.
func (t *transfer) once(descriptor uintptr) bool {
	t.moved, t.failed = call(syscall.SYS_READ, descriptor, t.bytes)
	return t.failed != syscall.EAGAIN
}

// all writes as much as there is room for, until nothing is left.
func (t *transfer) all(descriptor uintptr) bool {
	for t.failed = 0; t.moved < len(t.bytes); {
		n, failed := call(syscall.SYS_WRITE, descriptor, t.bytes[t.moved:])
		if t.failed = failed; failed != 0 {
			return failed != syscall.EAGAIN
		}
		t.moved += n
	}
	return true
}

// call reads into p, which is not empty, or writes it.
func call(number, descriptor uintptr, p []byte) (int, syscall.Errno) {
	for {
		n, _, failed := syscall.RawSyscall(number, descriptor, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		switch failed {
		case 0:
			return int(n), 0
		case syscall.EINTR:
		default:
			return 0, failed
		}
	}
}
