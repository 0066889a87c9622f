package testservers

import (
	"crypto/rand"
	"net"
)

// attempts at starting a server: another process may take the free port between
// our asking for it and the server's binding it.
const attempts = 3

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// newPassword also makes sure that a test never talks to another process's server:
// that one has another password.
func newPassword() string { return rand.Text() }
