package audit

import (
	"strconv"
	"time"
)

// timestamps writes times as RFC 3339 has them, in UTC, down to the nanosecond without
// zeros at the end. What is before the point is written once a second.
type timestamps struct {
	second int64
	room   [len("2006-01-02T15:04:05.999999999Z")]byte
	end    int // of the second in room; 0: none is there
}

// text gives a time's text, which is valid up to the next.
func (t *timestamps) text(at time.Time) []byte {
	if s := at.Unix(); s != t.second || t.end == 0 {
		t.second, t.end = s, len(at.UTC().AppendFormat(t.room[:0], "2006-01-02T15:04:05"))
	}
	b := t.room[:t.end]
	if n := at.Nanosecond(); n > 0 {
		b = strconv.AppendInt(b, int64(n+1e9), 10) // its 1 gives way to the point
		b[t.end] = '.'
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return append(b, 'Z')
}
