// Package socket makes the system calls of a connection cheaper.
//
// In: a connection of the net package. Out: the same, whose reads and writes leave the
// scheduler alone. Sockets of that package never block in the system, yet it announces each call
// as one that may: on a machine with few processors a write, which often runs the
// receiver's part of the network at once, lasts long enough for the scheduler to
// give the goroutines to another thread, and both threads pay for it.
package socket

import "net"

// Direct gives a connection whose system calls are not announced, where the platform has
// such; else the connection itself.
func Direct(c net.Conn) net.Conn { return direct(c) }
