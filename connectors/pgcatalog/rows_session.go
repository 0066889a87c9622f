package pgcatalog

import "time"

func (s *Session) settings(w *writer) {
	add := w.columns("name", "setting", "unit", "category", "short_desc", "context", "vartype", "source", "min_val", "max_val", "enumvals",
		"boot_val", "reset_val", "pending_restart")
	for _, p := range s.Settings() {
		category, context := "Client Connection Defaults / Statement Behavior", "user"
		if p.Fixed {
			category, context = "Preset Options", "internal"
		}
		values := any(nil)
		if p.Values != nil {
			values = p.Values
		}
		add(p.Name, p.Value, present(p.Unit), category, p.Description, context, p.Type, p.Source, present(p.Low), present(p.High), values,
			p.Initial, p.Reset, false)
	}
}

// activity is the session's own row: what others do is none of its business.
func (s *Session) activity(w *writer) {
	add := w.columns("datid", "datname", "pid", "usesysid", "usename", "application_name", "client_addr", "client_port", "backend_start",
		"xact_start", "query_start", "state_change", "state", "query", "backend_type")
	a := s.Activity
	add(s.objects.database, s.database, a.ProcessID, roleOID(s.user), s.user, a.Application, present(a.Address), present(a.Port), a.Began,
		moment(a.Transaction), moment(a.Statement), moment(a.Statement), "active", a.Query, "client backend")
}

func (s *Session) encryption(w *writer) {
	w.columns("pid", "ssl")(s.Activity.ProcessID, s.Activity.TLS)
}

func (s *Session) preparedStatements(w *writer) {
	if s.Prepared == nil {
		return
	}
	add := w.columns("name", "statement", "prepare_time", "parameter_types", "result_types", "from_sql", "generic_plans", "custom_plans")
	for _, p := range s.Prepared() {
		results := any(nil)
		if p.Results != nil {
			results = p.Results
		}
		add(p.Name, p.Statement, p.At, p.Parameters, results, p.FromSQL, 0, 0)
	}
}

// present gives a value, or NULL for its zero.
func present[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
