package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const module = "github.com/sluicemesh/sluice"

// source is one Go file that is not a test.
type source struct {
	path      string // relative to the module's root, with slashes
	dir       string
	lines     int
	generated bool
	commented bool // it holds the package comment
	imports   []importLine
}

// importLine is an import of one of the module's own packages.
type importLine struct {
	name string // relative to the module's path
	line int
}

// sources reads all Go files of the module, tests excluded.
func sources(root string) ([]source, error) {
	var all []source
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		read, err := readSource(root, file)
		all = append(all, read)
		return err
	})
	return all, err
}

func readSource(root, file string) (source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return source{}, err
	}
	positions := token.NewFileSet()
	tree, err := parser.ParseFile(positions, file, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	relative, err := filepath.Rel(root, file)
	if err != nil {
		return source{}, err
	}
	read := source{
		path: filepath.ToSlash(relative), dir: filepath.ToSlash(filepath.Dir(relative)),
		lines: bytes.Count(text, []byte("\n")), generated: ast.IsGenerated(tree), commented: tree.Doc != nil,
	}
	for _, spec := range tree.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if own, ours := strings.CutPrefix(name, module+"/"); ours {
			read.imports = append(read.imports, importLine{name: own, line: positions.Position(spec.Pos()).Line})
		}
	}
	return read, nil
}
