package peers

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

func TestResidentOf(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from /proc")
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	all, one := ResidentOf(os.Getpid()), ResidentOf(child.Process.Pid)
	if one <= 0 || all <= one {
		t.Errorf("this process and its child hold %d, the child alone %d", all, one)
	}
	if got := ResidentOf(1 << 30); got != 0 {
		t.Errorf("a process that is none holds %d", got)
	}
}
