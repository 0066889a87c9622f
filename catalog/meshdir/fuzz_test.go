package meshdir

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// FuzzLoad puts bytes in the place of each kind of file: loading never panics, ends
// soon, and serves no domain whose file is broken.
func FuzzLoad(f *testing.F) {
	files := retail(f)
	var kinds []string
	for name := range files {
		kinds = append(kinds, name)
	}
	slices.Sort(kinds)
	for i, name := range kinds {
		f.Add(uint8(i), files[name].Data)
	}
	for _, b := range broken {
		f.Add(uint8(slices.Index(kinds, b.file)), []byte(b.new))
	}
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		name := kinds[int(kind)%len(kinds)]
		changed := fstest.MapFS{}
		for n, file := range files {
			changed[n] = file
		}
		changed[name] = &fstest.MapFile{Data: text}
		start := time.Now()
		m, ds := loadFiles(changed)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: loading took %v", name, took)
		}
		if m == nil {
			if !ds.Failed() {
				t.Errorf("%s: nothing is served and nothing is wrong", name)
			}
			return
		}
		if ds.failedIn("") {
			t.Errorf("%s: served although governance is broken:\n%s", name, ds)
		}
		for _, d := range m.Domains {
			if ds.failedIn(d.Name) {
				t.Errorf("%s: domain %s is served although it is broken:\n%s", name, d.Name, ds)
			}
		}
	})
}
