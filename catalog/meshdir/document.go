package meshdir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a file may cost. Real descriptors stay far below; hostile ones end here.
const (
	maxFileBytes   = 1 << 20
	maxFileNodes   = 100_000 // after aliases are written out
	maxFileDepth   = 64
	maxFiles       = 20_000
	maxDiagnostics = 1_000
)

// document is one file read: its tree, with aliases written out.
type document struct {
	load *loader
	name string // relative to the mesh directory, with slashes
	root *yaml.Node
}

// read parses one file, or says why it cannot and gives nil.
func (l *loader) read(name string) *document {
	d := &document{load: l, name: name}
	start := &yaml.Node{Line: 1, Column: 1}
	text, err := l.bytes(name)
	if err != nil {
		d.errorf(start, "%s", fileProblem(err))
		return nil
	}
	root, at, err := parse(text)
	if err != nil {
		d.errorf(at, "%s", err)
		return nil
	}
	if root, err = d.expand(root); err != nil {
		return nil
	}
	d.root = root
	if !d.literalSecrets(root) {
		return nil
	}
	return d
}

// bytes reads a file within its limits and adds it to the hash of the mesh.
func (l *loader) bytes(name string) ([]byte, error) {
	l.opened++
	if l.opened > maxFiles {
		return nil, fmt.Errorf("the mesh has more than %d files", maxFiles)
	}
	f, err := l.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("the file is larger than %d bytes", maxFileBytes)
	}
	fmt.Fprintf(l.hash, "%d %s\n%d\n", len(name), name, len(text))
	l.hash.Write(text)
	return text, nil
}

// fileProblem says why a file cannot be read without the path of the machine.
func fileProblem(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if strings.Contains(err.Error(), "escapes") {
		return "the file is a link that leaves the mesh directory"
	}
	return err.Error()
}

// parse reads exactly one YAML document.
func parse(text []byte) (root, at *yaml.Node, err error) {
	at = &yaml.Node{Line: 1, Column: 1}
	defer func() {
		// The parser is not ours; a file must not be able to end the gateway.
		if r := recover(); r != nil {
			err = errors.New("the file is not YAML")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, at, errors.New("the file is empty")
	} else if err != nil {
		return nil, yamlPosition(err), yamlProblem(err)
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, &yaml.Node{Line: more.Line, Column: more.Column}, errors.New("the file holds more than one document")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlPosition(err), yamlProblem(err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, at, errors.New("the file is empty")
	}
	return doc.Content[0], at, nil
}

// The parser tells lines in its text only: "yaml: line 3: mapping values are not allowed".
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func yamlPosition(err error) *yaml.Node {
	at := &yaml.Node{Line: 1, Column: 1}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		if line, err := strconv.Atoi(m[1]); err == nil && line > 0 {
			at.Line = line
		}
	}
	return at
}

func yamlProblem(err error) error {
	return errors.New(yamlLine.ReplaceAllString(err.Error(), ""))
}

// expansion writes aliases out within a budget.
type expansion struct {
	document *document
	nodes    int
	open     map[*yaml.Node]bool // anchors being written out: meeting one again is a cycle
}

func (d *document) expand(root *yaml.Node) (*yaml.Node, error) {
	e := &expansion{document: d, open: map[*yaml.Node]bool{}}
	return e.node(root, 0)
}

func (e *expansion) node(n *yaml.Node, depth int) (*yaml.Node, error) {
	e.nodes++
	switch {
	case e.nodes > maxFileNodes:
		return nil, e.document.errorf(n, "the file has more than %d nodes once its aliases are written out", maxFileNodes)
	case depth > maxFileDepth:
		return nil, e.document.errorf(n, "the file nests deeper than %d levels", maxFileDepth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias == nil || e.open[n.Alias] {
			return nil, e.document.errorf(n, "alias *%s contains itself", n.Value)
		}
		return e.node(n.Alias, depth+1)
	case yaml.ScalarNode:
		return n, e.scalar(n)
	case yaml.MappingNode, yaml.SequenceNode:
		return e.collection(n, depth)
	}
	return nil, e.document.errorf(n, "this is neither a value, a list nor a mapping")
}

func (e *expansion) scalar(n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
		return nil
	case "!!merge":
		return e.document.errorf(n, "the merge key << is not read; write the fields out")
	}
	return e.document.errorf(n, "tag %s is not read", n.Tag)
}

func (e *expansion) collection(n *yaml.Node, depth int) (*yaml.Node, error) {
	if tag := n.ShortTag(); tag != "!!map" && tag != "!!seq" {
		return nil, e.document.errorf(n, "tag %s is not read", n.Tag)
	}
	e.open[n] = true
	defer delete(e.open, n)
	out := *n
	out.Anchor = ""
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		child, err := e.node(c, depth+1)
		if err != nil {
			return nil, err
		}
		out.Content[i] = child
	}
	if n.Kind == yaml.MappingNode {
		return &out, e.keys(&out)
	}
	return &out, nil
}

// keys refuses a mapping in which one key would hide another.
func (e *expansion) keys(n *yaml.Node) error {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			return e.document.errorf(k, "a field's name is a list or mapping")
		}
		if line, ok := seen[k.Value]; ok {
			return e.document.errorf(k, "field %q stands twice; first in line %d", k.Value, line)
		}
		seen[k.Value] = k.Line
	}
	return nil
}

// errorf reports an error at a node and gives it too.
func (d *document) errorf(at *yaml.Node, format string, args ...any) error {
	return d.report(Error, at, "", format, args...)
}

func (d *document) warnf(at *yaml.Node, format string, args ...any) {
	_ = d.report(Warning, at, "", format, args...)
}

// unknown reports a name that nothing has, with the nearest that something has.
func (d *document) unknown(at *yaml.Node, name string, candidates []string, format string, args ...any) {
	_ = d.report(Error, at, near(name, candidates), format, args...)
}

func (d *document) report(s Severity, at *yaml.Node, suggestion, format string, args ...any) error {
	found := Diagnostic{
		File: d.name, Line: max(at.Line, 1), Column: max(at.Column, 1), Severity: s,
		Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	}
	d.load.add(found)
	return errors.New(found.Message)
}

// position gives file:line:column of a node.
func (d *document) position(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", d.name, n.Line, n.Column)
}
