package tpch

import (
	"strings"
	"sync"
)

// poolSize is small enough to be made in milliseconds and large enough that comments
// seldom repeat.
const poolSize = 1 << 20

// pool is the running text that comments are cut from, wherever a cut falls
// (clause 4.2.2.10).
var pool = sync.OnceValue(func() string {
	var words strings.Builder
	words.Grow(poolSize + 200)
	r := rowRandom(poolStream, 0)
	for words.Len() < poolSize {
		writeSentence(&words, &r)
	}
	return words.String()[:poolSize]
})

func writeSentence(words *strings.Builder, r *random) {
	writeNounPhrase(words, r)
	words.WriteString(" " + r.pick(verbs))
	if r.next()%2 == 0 {
		words.WriteString(" " + r.pick(adverbs))
	}
	if r.next()%2 == 0 {
		words.WriteString(" " + r.pick(prepositions) + " the ")
		writeNounPhrase(words, r)
	}
	words.WriteString(r.pick(terminators) + " ")
}

func writeNounPhrase(words *strings.Builder, r *random) {
	if r.next()%4 == 0 {
		words.WriteString(r.pick(adverbs) + " ")
	}
	if r.next()%4 != 0 {
		words.WriteString(r.pick(adjectives) + " ")
	}
	words.WriteString(r.pick(nouns))
}

// comment cuts a text of low to high characters from the pool.
func (r *random) comment(low, high int64) string {
	length := r.between(low, high)
	start := r.between(0, poolSize-length)
	return pool()[start : start+length]
}

const addressAlphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, "

// address is a random text of 10 to 40 characters (clause 4.2.2.7).
func (r *random) address() string {
	letters := make([]byte, r.between(10, 40))
	for i := range letters {
		letters[i] = addressAlphabet[r.next()%uint64(len(addressAlphabet))]
	}
	return string(letters)
}
