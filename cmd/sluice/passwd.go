package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/sluicemesh/sluice/pgwire"
	"golang.org/x/term"
)

// passwd makes a verifier: what the mesh keeps instead of a password.
type passwd struct{}

// Run reads a password from the terminal without echo, or the first line of standard
// input, and prints its verifier.
func (passwd) Run() error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	if password == "" {
		return fmt.Errorf("an empty password is refused")
	}
	verifier, err := pgwire.MakeVerifier(password)
	if err != nil {
		return err
	}
	fmt.Println(verifier)
	return nil
}

func readPassword() (string, error) {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && line == "" {
			return "", fmt.Errorf("no password on standard input")
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	fmt.Fprint(os.Stderr, "Password: ")
	first, err := term.ReadPassword(int(os.Stdin.Fd()))
	if err != nil {
		return "", err
	}
	fmt.Fprint(os.Stderr, "\nAgain: ")
	second, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", err
	}
	if string(first) != string(second) {
		return "", fmt.Errorf("the two are not the same")
	}
	return string(first), nil
}
