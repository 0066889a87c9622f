package pgwire

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// setting is one name=value of a startup packet's options.
type setting struct{ name, value string }

// parseOptions reads the options parameter, a command line for the server: only
// -c name=value, -cname=value and --name=value are served. Later ones win.
func parseOptions(options string) ([]setting, error) {
	words := splitOptions(options)
	var settings []setting
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case word == "-c":
			i++
			if i == len(words) {
				return nil, sqlstate.Fatal(sqlstate.SyntaxError, "option -c requires a value")
			}
			word = words[i]
		case strings.HasPrefix(word, "--"):
			word = word[2:]
		case strings.HasPrefix(word, "-c"):
			word = word[2:]
		default:
			return nil, sqlstate.Fatal(sqlstate.SyntaxError, "invalid command-line argument for server process: %s", word)
		}
		name, value, ok := strings.Cut(word, "=")
		if !ok || name == "" {
			return nil, sqlstate.Fatal(sqlstate.SyntaxError, "-c %s requires a value", word)
		}
		// guc.c, ParseLongOption: dashes in the name stand for underscores.
		settings = append(settings, setting{strings.ReplaceAll(name, "-", "_"), value})
	}
	// The first setting of a name is kept by the caller, so the last must come first.
	for i, j := 0, len(settings)-1; i < j; i, j = i+1, j-1 {
		settings[i], settings[j] = settings[j], settings[i]
	}
	return settings, nil
}

// splitOptions cuts at white space; a backslash keeps the character after it
// (postinit.c, pg_split_opts).
func splitOptions(options string) []string {
	var words []string
	for i := 0; i < len(options); {
		if isOptionSpace(options[i]) {
			i++
			continue
		}
		var word strings.Builder
		for escaped := false; i < len(options); i++ {
			c := options[i]
			if !escaped && isOptionSpace(c) {
				break
			}
			if escaped = !escaped && c == '\\'; !escaped {
				word.WriteByte(c)
			}
		}
		words = append(words, word.String())
	}
	return words
}

func isOptionSpace(c byte) bool {
	return c == ' ' || '\t' <= c && c <= '\r'
}
