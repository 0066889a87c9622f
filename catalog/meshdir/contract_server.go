package meshdir

import (
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// place is what a contract's server says of where objects lie inside the source.
type place struct{ schema, format string }

// server is one entry of a contract's servers.
type server struct {
	object             *object
	kinds              []catalog.Kind // sources it can stand for; nil: any
	host, database     string
	port, path, schema string
	format             string
	source             string // of the property meshSource
	at                 *yaml.Node
}

// Server types of ODCS that a kind of source can stand for.
var serverKinds = map[string][]catalog.Kind{
	"postgres": {catalog.Postgres}, "postgresql": {catalog.Postgres},
	"mysql":  {catalog.MySQL, catalog.MariaDB},
	"duckdb": {catalog.DuckDB}, "local": {catalog.Files},
	"custom": nil,
}

// chooseSource finds the source a contract's objects lie in: the one meshSource names,
// else the only one whose address the servers give, else the domain's only one. nil: reported.
func (l *loader) chooseSource(o *object, domain *catalog.Domain) (*catalog.Source, place) {
	var servers []server
	for _, s := range o.children("servers", "server") {
		servers = append(servers, readServerEntry(s))
	}
	if l.diagnostics.failedBelow(path.Join("domains", domain.Name, "sources")) {
		return nil, place{} // what is missing may be what is broken
	}
	for _, s := range servers {
		if s.source != "" {
			return chooseNamed(s, servers, domain)
		}
	}
	if len(servers) > 0 {
		return chooseMatching(o, servers, domain)
	}
	if len(domain.Sources) == 1 {
		return domain.Sources[0], place{}
	}
	_ = o.errorf(o.node, "contract has no servers, and domain %s has %d sources: name one in customProperties meshSource of a server", domain.Name, len(domain.Sources))
	return nil, place{}
}

func readServerEntry(o *object) server {
	s := server{
		object: o, host: o.text("host"), database: o.text("database"), port: o.text("port"),
		path: o.text("path"), schema: o.text("schema"), format: o.text("format"),
	}
	o.required("server")
	kind := o.required("type")
	kinds, ok := serverKinds[kind]
	if kind != "" && !ok {
		_ = o.report(Warning, o.at("type"), near(kind, sortedKeys(serverKinds)), "there is no connector for server type %q", kind)
		kinds = []catalog.Kind{}
	}
	s.kinds = kinds
	for _, p := range customProperties(o) {
		if p.text("property") == "meshSource" {
			s.source, s.at = p.text("value"), p.at("value")
		}
	}
	return s
}

// customProperties gives {property, value} entries.
func customProperties(o *object) []*object { return o.children("customProperties", "custom property") }

func chooseNamed(s server, servers []server, domain *catalog.Domain) (*catalog.Source, place) {
	for _, other := range servers {
		if other.source != "" && other.source != s.source {
			_ = other.object.errorf(other.at, "servers name two sources, %q and %q; keep one", s.source, other.source)
			return nil, place{}
		}
	}
	var names []string
	for _, source := range domain.Sources {
		if source.Name == s.source {
			return source, s.place(source)
		}
		names = append(names, source.Name)
	}
	s.object.unknown(s.at, s.source, names, "unknown source %q in domain %s", s.source, domain.Name)
	return nil, place{}
}

func chooseMatching(o *object, servers []server, domain *catalog.Domain) (*catalog.Source, place) {
	var found []*catalog.Source
	var in place
	for _, source := range domain.Sources {
		for _, s := range servers {
			if s.matches(source) {
				found, in = append(found, source), s.place(source)
				break
			}
		}
	}
	if len(found) == 1 {
		return found[0], in
	}
	if len(found) == 0 && len(domain.Sources) == 1 && len(servers) == 1 && servers[0].canBe(domain.Sources[0].Kind) {
		return domain.Sources[0], servers[0].place(domain.Sources[0])
	}
	_ = o.errorf(o.at("servers"), "the servers match %d sources of domain %s, not one: name it in customProperties meshSource", len(found), domain.Name)
	return nil, place{}
}

func (s server) canBe(kind catalog.Kind) bool {
	if s.kinds == nil {
		return true
	}
	for _, k := range s.kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// matches tells whether every field the server gives is that of the source.
func (s server) matches(source *catalog.Source) bool {
	same := func(given, has string) bool { return given == "" || given == has }
	if !s.canBe(source.Kind) || s.kinds == nil {
		return false
	}
	if source.Kind == catalog.DuckDB || source.Kind == catalog.Files {
		given := s.path + s.database
		return given == "" || strings.HasSuffix(source.Path, "/"+strings.TrimPrefix(given, "./"))
	}
	return same(s.host, source.Host) && same(s.database, source.Database) && same(s.port, strconv.Itoa(source.Port))
}

// place gives the schema of a PostgreSQL or DuckDB source. MySQL knows databases only,
// and the source has chosen one.
func (s server) place(source *catalog.Source) place {
	switch source.Kind {
	case catalog.Postgres, catalog.DuckDB:
		return place{schema: s.schema}
	}
	return place{format: s.format}
}
