package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// benchLimit ends a query: without it four of the 22 would take the foreign data
// wrappers many minutes each.
func benchLimit() time.Duration {
	return time.Duration(envNumber("SLUICE_BENCH_TIMEOUT", 60) * float64(time.Second))
}

// envNumber is a setting from the environment. What is no number counts as not set.
func envNumber(name string, otherwise float64) float64 {
	if number, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
		return number
	}
	return otherwise
}

// memoryOfMachine is proc(5)'s MemTotal.
func memoryOfMachine() string {
	info, _ := os.ReadFile("/proc/meminfo")
	words := strings.Fields(string(info))
	if len(words) < 2 {
		return "unknown memory"
	}
	kib, _ := strconv.ParseFloat(words[1], 64)
	return fmt.Sprintf("%.0f GiB of memory", kib/(1<<20))
}

// load is how many processes wanted to run, in the last one, five and fifteen minutes.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	words := strings.Fields(string(text))
	return strings.Join(words[:min(len(words), 3)], ", ")
}

func often(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
