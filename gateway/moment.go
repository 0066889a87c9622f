package gateway

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
)

// moment is what a statement is analysed and decided under: one epoch of the mesh,
// the principal as that epoch knows it, the session's settings. Never a mix of two.
type moment struct {
	*basis
	env    bind.Environment
	zone   string
	output string // how values print: plan.Locale.Output
	// unsteady is set once a value of the moment or the session has become part of the
	// plan: it is good for this execution only.
	unsteady bool
}

// moment takes the present one.
func (s *session) moment() (*moment, error) {
	b, err := s.basis()
	if err != nil {
		return nil, err
	}
	return s.momentOn(b), nil
}

func (s *session) momentOn(b *basis) *moment {
	m := &moment{basis: b, zone: s.settings.value("timezone"), output: s.settings.output()}
	m.env = s.environment(b)
	m.env.Unsteady = func() { m.unsteady = true }
	return m
}

// binder is what policies' conditions are bound by, with the attributes that they read.
func (m *moment) binder() (planner.Predicates, map[string]string) {
	attributes := map[string]string{}
	return planner.Predicates{Environment: m.env, Read: func(name, value string) { attributes[name] = value }}, attributes
}

// inputSettings are those that reading values depends on.
func (s *session) inputSettings() pgtype.Settings {
	zone, err := location(s.settings.value("timezone"))
	if err != nil {
		zone = time.UTC
	}
	return pgtype.Settings{DateOrder: s.settings.dateOrder(), Location: zone, Now: s.begun().start}
}

// dateOrder is the order of DateStyle: MDY, DMY or YMD.
func (s *settings) dateOrder() string {
	_, order, _ := strings.Cut(s.value("datestyle"), ", ")
	return order
}
