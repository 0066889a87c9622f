package datetime

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// posixZone reads a POSIX specification (localtime.c, tzparse): an abbreviation, which may
// be missing, the hours west of UTC, and the abbreviation, the offset and the rule of
// daylight saving time. Without a rule that is what a file of the server's says: not found.
func posixZone(spec string) (*time.Location, bool) {
	name, rest, ok := cutAbbreviation(spec)
	if !ok || rest == "" {
		return nil, false
	}
	offset, rest, ok := cutOffset(rest)
	if !ok {
		return nil, false
	}
	if rest == "" {
		return time.FixedZone(strings.ToUpper(name), offset), true
	}
	summer, rest, ok := cutAbbreviation(rest)
	if !ok || summer == "" {
		return nil, false
	}
	summerOffset := offset + 3600
	if rest != "" && rest[0] != ',' {
		if summerOffset, rest, ok = cutOffset(rest); !ok {
			return nil, false
		}
	}
	if !zoneRule.MatchString(rest) {
		return nil, false
	}
	return ruledZone(name, offset, fmt.Sprintf("%s%s%s%s%s", quotedZone(name), west(offset), quotedZone(summer), west(summerOffset), rest))
}

// zoneRule is when daylight saving time begins and ends: ",M3.2.0,M11.1.0/2:30".
var zoneRule = regexp.MustCompile(`^(,(M\d{1,2}\.[1-5]\.[0-6]|J?\d{1,3})(/[-+]?\d{1,3}(:\d{1,2}){0,2})?){2}$`)

func cutAbbreviation(spec string) (name, rest string, ok bool) {
	if quoted, is := strings.CutPrefix(spec, "<"); is {
		return strings.Cut(quoted, ">")
	}
	end := strings.IndexAny(spec, "0123456789,-+")
	if end < 0 {
		end = len(spec)
	}
	return spec[:end], spec[end:], true
}

// cutOffset reads "[+-]hh[:mm[:ss]]", which counts west, and gives seconds east.
func cutOffset(spec string) (seconds int, rest string, ok bool) {
	sign, rest := -1, spec
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		if rest[0] == '-' {
			sign = 1
		}
		rest = rest[1:]
	}
	scale, most := 3600, 24*7-1
	for {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil || n > most {
			return 0, "", false
		}
		seconds += n * scale
		rest, most = rest[digits:], 59
		if scale /= 60; scale == 0 || !strings.HasPrefix(rest, ":") {
			return sign * seconds, rest, true
		}
		rest = rest[1:]
	}
}

// quotedZone and west write an abbreviation and an offset as POSIX has them.
func quotedZone(name string) string { return "<" + strings.ToUpper(name) + ">" }

func west(offset int) string {
	sign := ""
	if offset > 0 {
		sign = "-"
	}
	offset = max(offset, -offset)
	return fmt.Sprintf("%s%d:%02d:%02d", sign, offset/3600, offset/60%60, offset%60)
}

// ruledZone makes a zone of a rule: a TZif file without transitions (RFC 8536), whose footer
// is the rule.
func ruledZone(name string, offset int, rule string) (*time.Location, bool) {
	names := strings.ToUpper(name) + "\x00"
	var file []byte
	for range 2 { // the first for readers of 32 bits, the second for those of 64
		file = append(append(file, "TZif2"...), make([]byte, 15)...)
		for _, count := range []int{0, 0, 0, 0, 1, len(names)} {
			file = binary.BigEndian.AppendUint32(file, uint32(count))
		}
		file = binary.BigEndian.AppendUint32(file, uint32(int32(offset)))
		file = append(append(file, 0, 0), names...)
	}
	zone, err := time.LoadLocationFromTZData(name, append(file, "\n"+rule+"\n"...))
	return zone, err == nil
}
