package gateway

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// views are what principals see of one snapshot, made when they first ask.
type views struct {
	mesh     *catalog.Mesh
	database string
	objects  func() *pgcatalog.Objects

	mu  sync.Mutex
	all map[viewer]*timedView
}

// viewer is all that a view depends on beside the snapshot and the time. One user may
// have other groups in another session: those its proof of identity named.
type viewer struct{ user, purpose, groups string }

// timedView holds until a grant to its principal begins or ends.
type timedView struct {
	*pgcatalog.View
	until time.Time
}

func newViews(mesh *catalog.Mesh, database string) *views {
	return &views{
		mesh: mesh, database: database, all: map[viewer]*timedView{},
		objects: sync.OnceValue(func() *pgcatalog.Objects { return pgcatalog.NewObjects(mesh, database, auditTable) }),
	}
}

// of gives a principal's view.
func (v *views) of(who auth.Principal) *pgcatalog.View {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := who.Now()
	key := viewer{who.User, who.Purpose, strings.Join(who.Groups, "\x00")}
	if known, ok := v.all[key]; ok && (known.until.IsZero() || now.Before(known.until)) {
		return known.View
	}
	made := pgcatalog.NewView(v.objects(), pgcatalog.Principal{User: who.User, Groups: who.Groups, Database: v.database},
		func(t *catalog.Table) []bool {
			if t == auditTable {
				return auditVisible(who)
			}
			return auth.VisibleColumns(who.At(now), t)
		})
	v.all[key] = &timedView{View: made, until: auth.Until(who, now)}
	return made
}

// existing keeps the schemas that exist for the principal.
func existing(view *pgcatalog.View, path []string) []string {
	var out []string
	for _, name := range path {
		if view.HasSchema(name) {
			out = append(out, name)
		}
	}
	return out
}

// systemTable gives a table of pg_catalog or information_schema. Unqualified names mean
// pg_catalog's before any other's, unless the path names that schema: then where it stands.
func systemTable(path []string, schema, name string) (*catalog.Table, error) {
	if schema == "" && slices.Contains(path, pgcatalog.SystemSchema) && path[0] != pgcatalog.SystemSchema {
		return nil, nil
	}
	t, err := pgcatalog.Table(schema, name)
	switch {
	case t != nil || err != nil:
		return t, err
	case pgcatalog.IsSystem(schema):
		return nil, sqlstate.New(sqlstate.UndefinedTable, "relation \"%s.%s\" does not exist", schema, name)
	case schema == "" && slices.Contains(path, pgcatalog.InformationSchema):
		return pgcatalog.Table(pgcatalog.InformationSchema, name)
	}
	return nil, nil
}

// system is the catalog as the session sees it at a moment.
func (s *session) system(now *moment) *pgcatalog.Session {
	return &pgcatalog.Session{
		View: s.view(now), Path: now.env.SearchPath,
		Settings: s.settingRows, Setting: s.settings.Value,
		Check:    func(name, value string) (string, error) { return s.checkSetting(now, name, value) },
		Activity: s.activity(now),
		Prepared: s.preparedRows,
		Random:   s.random,
	}
}

// view is what the principal sees of the mesh, with the session's temporary tables.
func (s *session) view(now *moment) *pgcatalog.View {
	base, tables := now.epoch.views.of(now.who), s.temporary.Tables()
	if tables.Empty() {
		return base
	}
	if s.own.base != base || s.own.tables != tables.Definitions() {
		var own []*catalog.Table
		for _, t := range tables.All() {
			own = append(own, t.Catalog())
		}
		s.own = ownView{base: base, tables: tables.Definitions(), view: base.With(own)}
	}
	return s.own.view
}

// ownView keeps a view with the tables it was made with.
type ownView struct {
	base   *pgcatalog.View
	tables *temporary.Definitions
	view   *pgcatalog.View
}

// systemOptions are what running needs of the session so that system tables can be read
// and functions can look into the catalog.
func (s *session) systemOptions(now *moment) executor.Options {
	system := s.system(now)
	return executor.Options{
		Principal: now.who.User,
		Locale:    plan.Locale{TimeZone: now.zone, DateOrder: now.env.DateOrder, Output: now.output},
		Own: func(source *catalog.Source) (connectors.Source, bool) {
			return system, source == pgcatalog.Source
		},
		Session: func(ctx context.Context) (int64, func()) {
			system.Context = ctx
			number, end := s.gateway.sessions.Open(system)
			return number, func() { end(); s.apply(system.Changes()) }
		},
	}
}

// checkSetting tells whether set_config may set a parameter, and to which value.
func (s *session) checkSetting(now *moment, name, value string) (string, error) {
	if strings.EqualFold(name, "sluice.purpose") && value != "" && !auth.MayDeclare(now.who, value) {
		return "", sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for purpose %q", value)
	}
	was, _ := s.settings.Value(name)
	return check(strings.ToLower(name), value, was)
}

// apply makes the changes that set_config asked for, once its statement has ended.
func (s *session) apply(changes []pgcatalog.Change) {
	for _, c := range changes {
		var err error
		if strings.EqualFold(c.Name, "sluice.purpose") {
			err = s.recordPurpose("", c.Value)
		}
		if err == nil {
			err = s.settings.Set(c.Name, c.Value, c.Local)
		}
		if err != nil {
			s.gateway.log.Error("set_config", "parameter", c.Name, "error", err)
		}
	}
}

func (s *session) settingRows() []pgcatalog.Setting {
	var rows []pgcatalog.Setting
	for key, p := range parameters {
		rows = append(rows, pgcatalog.Setting{
			Name: p.name, Value: p.kind.counted(s.settings.value(key)), Description: p.description, Fixed: p.fixed, Source: s.settings.sourceOf(key),
			Initial: p.kind.counted(p.initial), Reset: p.kind.counted(s.settings.start[key]),
			Type: cmp.Or(p.kind.vartype, "string"), Values: p.kind.values, Low: p.kind.low, High: p.kind.high, Unit: p.kind.unit,
		})
	}
	slices.SortFunc(rows, func(a, b pgcatalog.Setting) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return rows
}

func (s *session) activity(now *moment) pgcatalog.Activity {
	a := pgcatalog.Activity{
		ProcessID: s.login.ProcessID, Application: s.settings.value("application_name"), TLS: s.login.TLS != nil,
		Began: now.env.StatementStart, Statement: now.env.StatementStart, Transaction: now.env.TransactionStart,
	}
	return a
}

// named keeps the catalog that the text of reg* values is taken from, as long as the
// mesh and the search path are what they were.
type named struct {
	names  *pgcatalog.Session
	epoch  *Epoch
	path   string
	tables *temporary.Definitions
}

var _ pgwire.OIDNames = (*session)(nil)

// catalogNow is the catalog that names of objects are looked up in outside of statements.
func (s *session) catalogNow() (*pgcatalog.Session, error) {
	epoch, path, tables := s.gateway.epoch.Load(), s.settings.value("search_path"), s.temporary.Tables().Definitions()
	if s.names == nil || s.named.epoch != epoch || s.named.path != path || s.named.tables != tables {
		now, err := s.moment()
		if err != nil {
			return nil, err
		}
		s.named = named{names: s.system(now), epoch: epoch, path: path, tables: tables}
	}
	return s.names, nil
}

// OIDName gives the text of a reg* value.
func (s *session) OIDName(typeOID, oid uint32) string {
	names, err := s.catalogNow()
	if err != nil {
		return strconv.FormatUint(uint64(oid), 10)
	}
	return names.OIDName(typeOID, oid)
}

// canonical reads the text of a value; that of a reg* value is a name of the catalog.
func (s *session) canonical(t pgtype.Type, text string, input pgtype.Settings) (string, error) {
	info, ok := pgtype.TypeByOID(t.OID)
	if !ok || !pgtype.IsRegistered(t.OID) {
		return pgtype.Canonical(t, text, input)
	}
	names, err := s.catalogNow()
	if err != nil {
		return "", err
	}
	oid, err := names.OID(info.Name, text)
	return strconv.FormatUint(uint64(oid), 10), err
}
