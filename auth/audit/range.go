package audit

import (
	"bytes"
	"strconv"
	"time"
)

// Range bounds the records that are read, more or less: those beyond it need not be given.
// All of them are with From 0, To the largest number there is, and zero times.
type Range struct {
	From, To     uint64
	Since, Until time.Time
}

// file tells whether a file can hold a record of the range. next is the first record
// of the file after it, 0 where there is none.
func (r Range) file(f logFile, next uint64) bool {
	switch {
	case f.first > r.To, next > 0 && next <= r.From:
		return false
	case !r.Since.IsZero() && !f.day.Add(24*time.Hour).After(r.Since):
		return false
	}
	return r.Until.IsZero() || !f.day.After(r.Until)
}

// line tells whether a record is of the range, from its text alone.
func (r Range) line(line []byte) bool {
	if r.From > 0 {
		if seq, ok := numberAfter(line, `,"seq":`); ok && seq < r.From {
			return false
		}
	}
	if r.Since.IsZero() && r.Until.IsZero() {
		return true
	}
	at, err := time.Parse(time.RFC3339Nano, textAfter(line, `,"time":"`))
	return err != nil || !at.Before(r.Since) && (r.Until.IsZero() || !at.After(r.Until))
}

// numberAfter reads the number behind a key. Inside of texts quotes are escaped, so what
// is found is the key.
func numberAfter(line []byte, key string) (uint64, bool) {
	i := bytes.LastIndex(line, []byte(key))
	if i < 0 {
		return 0, false
	}
	digits := line[i+len(key):]
	end := bytes.IndexFunc(digits, func(c rune) bool { return c < '0' || c > '9' })
	n, err := strconv.ParseUint(string(digits[:max(end, 0)]), 10, 64)
	return n, err == nil
}

func textAfter(line []byte, key string) string {
	i := bytes.LastIndex(line, []byte(key))
	if i < 0 {
		return ""
	}
	text := line[i+len(key):]
	return string(text[:max(bytes.IndexByte(text, '"'), 0)])
}
