package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/internal/seed"
)

// errorTold finds the codes of the errors in what a client was told.
var errorTold = regexp.MustCompile(`(?m)^error ([0-9A-Z]{5})`)

// wiresOwn are the codes of errors about messages that name no statement there is, and of
// a Parse that holds several.
var wiresOwn = []string{"08P01", "26000", "34000", "42P05", "42P03", "42601", "55000"}

// TestEveryDecisionIsCompleted sends random statements, half of them damaged, by both
// protocols, and leaves some sessions in the middle of one. Each decision must have one
// completion, and each error that a client was told must be on record.
func TestEveryDecisionIsCompleted(t *testing.T) {
	told := map[string]int{}
	var gateway *served
	t.TempDir()                                                                               // whatever is in there goes last
	t.Cleanup(func() { everyDecisionIsCompleted(t, auditRecords(t, gateway.auditIn), told) }) // once the gateway has ended
	gateway, _ = newSessionMesh(t)
	drawn := seed.For(t)
	for n := range 8 {
		random := &statements{rand.New(rand.NewPCG(drawn, uint64(n)))}
		conn := gateway.connect(t, "reader")
		raw := conn.PgConn().Conn()
		ours := listen(t, conn)
		hear := func(answer string) {
			for _, code := range errorTold.FindAllStringSubmatch(answer, -1) {
				told[code[1]]++
			}
		}
		ours.query(t, "SET search_path = shop")
		for range 120 {
			if text := random.damaged(); random.IntN(4) > 0 {
				hear(ours.query(t, text))
			} else {
				hear(ours.messages(t, random.extended(text)))
			}
		}
		if n%2 == 0 { // leave while something is underway
			ours.wire.Send(&pgproto3.Query{String: "BEGIN; DECLARE left CURSOR FOR SELECT * FROM item; FETCH 1 FROM left; SELECT count(*) FROM item a, item b, item c"})
			must(t, ours.wire.Flush())
		}
		must(t, raw.Close())
	}
}

// everyDecisionIsCompleted holds the records of a gateway that has ended to what its
// clients were told.
func everyDecisionIsCompleted(t *testing.T, records []map[string]any, told map[string]int) {
	completions, recorded := map[any]int{}, map[string]int{}
	decisions := 0
	for _, r := range records {
		if r["kind"] == "completion" {
			completions[r["completes"]]++
			if code, ok := r["sqlstate"].(string); ok {
				recorded[code]++
			}
			if r["outcome"] == nil || (r["outcome"] == "ok") != (r["sqlstate"] == nil) {
				t.Errorf("a completion says %v, %v", r["outcome"], r["sqlstate"])
			}
		}
	}
	for _, r := range records {
		if r["kind"] != "decision" {
			continue
		}
		decisions++
		if n := completions[r["seq"]]; n != 1 {
			t.Errorf("%d completions of %v", n, r)
		}
	}
	if decisions != len(completions) {
		t.Errorf("%d decisions, %d of them completed", decisions, len(completions))
	}
	for code, n := range told {
		if !slices.Contains(wiresOwn, code) && recorded[code] < n {
			t.Errorf("%s was told %d times and recorded %d times", code, n, recorded[code])
		}
	}
	t.Logf("%d decisions; told %v", decisions, told)
}
