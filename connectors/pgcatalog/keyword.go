package pgcatalog

import "sync"

// reserved are the words that quote_ident quotes: all keywords but the unreserved ones.
var reserved = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	eachLine("keywords", func(c []cell) { words[c[0].text] = c[1].text != "U" })
	return words
})
