package peers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ResidentOf is what a process and all it has started hold: their private memory added
// up, and the shared (buffers of PostgreSQL, program text) once, as the process that
// touched most of it shows it (proc(5), RssAnon, RssShmem, RssFile). 0 where /proc has
// no such process.
func ResidentOf(pid int) int64 {
	var private, shared, file int64
	for _, one := range family(pid) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", one))
		if err != nil {
			continue
		}
		private += statusKiB(string(status), "RssAnon:")
		shared = max(shared, statusKiB(string(status), "RssShmem:"))
		file = max(file, statusKiB(string(status), "RssFile:"))
	}
	return (private + shared + file) << 10
}

// family is a process and its descendants.
func family(pid int) []int {
	all := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, family(child)...)
			}
		}
	}
	return all
}

func statusKiB(status, name string) int64 {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib
		}
	}
	return 0
}
