package testservers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Where distributions put server programs that they keep out of PATH.
var (
	postgresPlaces = []string{
		"/usr/lib/postgresql/*/bin",         // Debian, Ubuntu
		"/usr/pgsql-*/bin",                  // PostgreSQL's own RPMs
		"/usr/libexec/postgresql*",          // Alpine
		"/opt/homebrew/opt/postgresql*/bin", // Homebrew on Apple silicon
		"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel
		"/usr/local/pgsql/bin", "/usr/bin",  // from source, others
	}
	mariadbPlaces = []string{
		"/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin",
		"/usr/local/mysql/bin", "/opt/homebrew/opt/mariadb*/bin", "/usr/local/opt/mariadb*/bin",
	}
)

// The releases of PostgreSQL that tests compare with: the one whose tables of functions and
// types were dumped, and the one that Sluice presents itself as, for what 16 and 17 added.
const (
	ReferenceMajor = 15
	NewestMajor    = 17
)

// findPostgres returns a postgres of a release: in PATH, where distributions put it, or
// where scripts/postgres.sh does.
func findPostgres(major int) (string, error) {
	var candidates []string
	if path, err := exec.LookPath("postgres"); err == nil {
		candidates = append(candidates, path)
	}
	for _, directory := range newestFirst(append(slices.Clone(postgresPlaces), unpacked("postgres/*/bin")...)) {
		candidates = append(candidates, filepath.Join(directory, "postgres"))
	}
	for _, path := range candidates {
		printed, err := exec.Command(path, "--version").Output()
		if err != nil {
			continue
		}
		if found := postgresVersion.FindStringSubmatch(string(printed)); found != nil && found[1] == strconv.Itoa(major) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no PostgreSQL %d is installed here: scripts/postgres.sh %[1]d fetches it, or says why it cannot", major)
}

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// unpacked are the places of servers that our scripts put into private directories, of
// this user and of root.
func unpacked(pattern string) []string {
	places := []string{filepath.Join("/var/cache/sluice", pattern)}
	if cache, err := os.UserCacheDir(); err == nil && os.Geteuid() != 0 {
		places = append([]string{filepath.Join(cache, "sluice", pattern)}, places...)
	}
	return places
}

// mysqlPlaces come after PATH. scripts/mysql.sh's come first.
func mysqlPlaces() []string {
	return append(unpacked("mysql/*/bin"), "/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin", "/usr/local/mysql/bin",
		"/opt/homebrew/opt/mysql*/bin", "/usr/local/opt/mysql*/bin")
}

// findMySQL returns a mysqld that is MySQL 8 or newer. MariaDB installs one too.
func findMySQL() (string, error) {
	candidates := newestFirst(mysqlPlaces())
	if path, err := exec.LookPath("mysqld"); err == nil {
		candidates = append([]string{filepath.Dir(path)}, candidates...)
	}
	for _, directory := range candidates {
		path := filepath.Join(directory, "mysqld")
		printed, err := exec.Command(path, "--no-defaults", "--version").Output()
		if err == nil && isMySQL(string(printed)) {
			return path, nil
		}
	}
	return "", errors.New("no MySQL 8 or newer is installed here, only MariaDB is tested against: scripts/mysql.sh fetches it, or says why it cannot")
}

var mysqlVersion = regexp.MustCompile(`Ver (\d+)\.`)

func isMySQL(printed string) bool {
	found := mysqlVersion.FindStringSubmatch(printed)
	if found == nil || strings.Contains(printed, "MariaDB") {
		return false
	}
	major, err := strconv.Atoi(found[1])
	return err == nil && major >= 8
}

// findBinary returns the first of names found in PATH, or else in the newest of places.
func findBinary(server string, places []string, names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	for _, dir := range newestFirst(places) {
		for _, name := range names {
			path := filepath.Join(dir, name)
			if file, err := os.Stat(path); err == nil && !file.IsDir() && file.Mode()&0o111 != 0 {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("the tests need %s, but %s is neither in PATH nor in %v: "+
		"`make test` installs it from the system's packages (scripts/setup.sh does only that); "+
		"elsewhere install %s and put its programs into PATH", server, names[0], places, server)
}

var versionInPath = regexp.MustCompile(`\d+`)

// newestFirst expands the patterns; where one matches several versions the highest comes first.
func newestFirst(patterns []string) []string {
	var dirs []string
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern)
		slices.SortStableFunc(matches, func(a, b string) int { return version(b) - version(a) })
		dirs = append(dirs, matches...)
	}
	return dirs
}

// version is the last number in the path, 15 in /usr/lib/postgresql/15/bin.
func version(path string) int {
	numbers := versionInPath.FindAllString(path, -1)
	if len(numbers) == 0 {
		return 0
	}
	number, _ := strconv.Atoi(numbers[len(numbers)-1])
	return number
}
