package audit

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Anchor is a record noted somewhere else, by which a log that was cut off, rolled back
// or replaced is found out.
type Anchor struct {
	Sequence uint64 `json:"seq"`
	Hash     string `json:"hash"`
	Time     string `json:"time"`
}

// Report is what a verification found in a log that is whole.
type Report struct {
	First, Last uint64
	Checkpoints int
	Unsigned    uint64 // records after the last checkpoint: chained, not signed
	End         Anchor
}

// Verify reads a whole log and checks numbers, chain, canonical form, checkpoints and
// anchor. public is the key that must have signed; nil takes the one the log names, which
// proves no more than that one key signed all. The error names file and line.
func Verify(dir string, public ed25519.PublicKey, anchor *Anchor) (Report, error) {
	names, err := files(dir)
	if err != nil {
		return Report{}, err
	}
	v := &verification{public: public, anchor: anchor}
	for i, f := range names {
		if err := v.file(f.name, i == len(names)-1); err != nil {
			return v.report, err
		}
	}
	return v.report, v.end()
}

type verification struct {
	public   ed25519.PublicKey
	anchor   *Anchor
	anchored bool
	report   Report
	hash     string // of the last record
}

func (v *verification) file(name string, last bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 64<<10)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(line) > 0 && !last {
				return fmt.Errorf("%s:%d: the line is cut off", filepath.Base(name), number)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if err := v.line(line); err != nil {
			return fmt.Errorf("%s:%d: %w", filepath.Base(name), number, err)
		}
	}
}

func (v *verification) line(line []byte) error {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return errors.New("not a record")
	}
	again, err := canonical(r)
	if err != nil || string(again) != string(line) {
		return errors.New("the record was edited: it is not in its canonical form")
	}
	if err := v.follows(r); err != nil {
		return err
	}
	if r.Kind == "checkpoint" {
		if err := v.signature(r); err != nil {
			return err
		}
		v.report.Checkpoints, v.report.Unsigned = v.report.Checkpoints+1, 0
	} else {
		v.report.Unsigned++
	}
	v.hash = hashOf(line)
	v.report.Last, v.report.End = r.Sequence, Anchor{Sequence: r.Sequence, Hash: v.hash, Time: r.Time}
	if v.anchor != nil && v.anchor.Sequence == r.Sequence {
		if v.anchor.Hash != v.hash {
			return fmt.Errorf("record %d is not the one that was anchored: the log was rewritten", r.Sequence)
		}
		v.anchored = true
	}
	return nil
}

// follows checks a record's place in the chain.
func (v *verification) follows(r record) error {
	if v.report.First == 0 {
		v.report.First = r.Sequence
		if r.Sequence != 1 || r.Previous != genesis {
			return fmt.Errorf("the log begins at record %d: what was before it is missing", r.Sequence)
		}
		return nil
	}
	if r.Sequence != v.report.Last+1 {
		return fmt.Errorf("record %d stands where record %d is due: records were deleted or moved", r.Sequence, v.report.Last+1)
	}
	if r.Previous != v.hash {
		return fmt.Errorf("record %d does not follow the one before it: one of them was edited", r.Sequence)
	}
	return nil
}

func (v *verification) signature(r record) error {
	key, err := hex.DecodeString(r.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("the checkpoint names no key")
	}
	if v.public == nil {
		v.public = key
	}
	signature, err := hex.DecodeString(r.Signature)
	if err != nil || !v.public.Equal(ed25519.PublicKey(key)) ||
		!ed25519.Verify(v.public, checkpointMessage(r.Sequence-1, r.Previous), signature) {
		return fmt.Errorf("checkpoint %d is not signed by the key", r.Sequence)
	}
	return nil
}

func (v *verification) end() error {
	switch {
	case v.report.Last == 0:
		return errors.New("there is no record")
	case v.anchor != nil && v.anchor.Sequence > v.report.Last:
		return fmt.Errorf("the log ends at record %d, the anchor is record %d: it was cut off or rolled back", v.report.Last, v.anchor.Sequence)
	case v.anchor != nil && !v.anchored:
		return fmt.Errorf("record %d of the anchor is not in the log", v.anchor.Sequence)
	}
	return nil
}
