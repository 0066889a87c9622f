package meshdir

import (
	"math"

	"github.com/sluicemesh/sluice/catalog"
)

func (l *loader) readSource(d *document, domain *catalog.Domain) {
	o, ok := d.header("Source", "source")
	if !ok {
		return
	}
	s := &catalog.Source{Domain: domain.Name, Name: o.required("name"), Position: d.position(o.node), Options: map[string]string{}}
	if o.required("type") != "" {
		s.Kind = catalog.Kind(o.oneOf("type", string(catalog.Postgres), string(catalog.MySQL), string(catalog.MariaDB),
			string(catalog.DuckDB), string(catalog.Files)))
	}
	for _, other := range domain.Sources {
		if other.Name == s.Name {
			_ = o.errorf(o.at("name"), "source %q stands twice; first at %s", s.Name, other.Position)
		}
	}
	switch s.Kind {
	case catalog.Postgres, catalog.MySQL, catalog.MariaDB:
		l.readServer(o, s)
	case catalog.DuckDB, catalog.Files:
		l.readPath(o, s)
	default:
		o.ignore("host", "port", "database", "user", "secretRef", "tls", "path", "root")
	}
	if limits := o.child("limits", "limits"); limits != nil {
		s.Limits.Connections = int(limits.integer("connections", 0, 1, 10_000))
		s.Limits.StatementTimeout = limits.duration("statementTimeout")
		s.Limits.MaxRows = limits.integer("maxRows", 0, 1, math.MaxInt64)
		limits.end(Error)
	}
	if options := o.child("options", "options"); options != nil {
		for _, name := range options.order {
			s.Options[name] = options.text(name)
		}
	}
	o.ignore("description")
	o.end(Error)
	domain.Sources = append(domain.Sources, s)
}

func (l *loader) readServer(o *object, s *catalog.Source) {
	ports := map[catalog.Kind]int64{catalog.Postgres: 5432, catalog.MySQL: 3306, catalog.MariaDB: 3306}
	s.Host, s.Database, s.User = o.required("host"), o.required("database"), o.required("user")
	s.Port = int(o.integer("port", ports[s.Kind], 1, 65535))
	s.Secret = o.domainSecret("secretRef")
	if tls := o.child("tls", "tls"); tls != nil {
		s.TLS.Mode = tls.oneOf("mode", "disable", "require", "verify-ca", "verify-full")
		s.TLS.CA = tls.text("ca")
		tls.end(Error)
	}
}

func (l *loader) readPath(o *object, s *catalog.Source) {
	key := "path"
	if s.Kind == catalog.Files && o.has("root") {
		key = "root"
	}
	if s.Kind == catalog.Files {
		o.ignore("path", "root")
	}
	if o.required(key) == "" {
		return
	}
	s.Path = l.confine(o, key, o.text(key))
}
