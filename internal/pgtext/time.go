package pgtext

import "strconv"

// Clock writes microseconds of a day as hh:mm:ss with a fraction where there is one.
func Clock(buf []byte, micros int64) []byte {
	seconds := int(micros / microsPerSecond)
	buf = append(append2(buf, seconds/3600), ':')
	buf = append(append2(buf, seconds/60%60), ':')
	buf = append2(buf, seconds%60)
	return appendFraction(buf, micros%microsPerSecond)
}

// appendFraction writes microseconds behind a point, without trailing zeros.
func appendFraction(buf []byte, micros int64) []byte {
	if micros == 0 {
		return buf
	}
	buf = append(buf, '.')
	start := len(buf)
	buf = PadLeft(appendUint(buf, uint64(micros)), start, 6)
	for buf[len(buf)-1] == '0' {
		buf = buf[:len(buf)-1]
	}
	return buf
}

func appendUint(buf []byte, n uint64) []byte { return strconv.AppendUint(buf, n, 10) }

// PadLeft puts zeros before buf[start:] until it is width long.
func PadLeft(buf []byte, start, width int) []byte {
	missing := width - (len(buf) - start)
	if missing <= 0 {
		return buf
	}
	for range missing {
		buf = append(buf, 0)
	}
	copy(buf[start+missing:], buf[start:])
	for i := range missing {
		buf[start+i] = '0'
	}
	return buf
}
