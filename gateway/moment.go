package gateway

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
)

// moment is what a statement is analysed and decided under: one epoch of the mesh,
// the principal as that epoch knows it, the session's settings. Never a mix of two.
type moment struct {
	epoch  *Epoch
	who    auth.Principal
	env    bind.Environment
	zone   string
	output string // how values print: plan.Locale.Output
}

// moment takes the present one.
func (s *session) moment() (*moment, error) {
	if err := s.current(); err != nil {
		return nil, err
	}
	epoch := s.gateway.epoch.Load()
	who, err := epoch.principalOf(s.login, s.settings.value("sluice.purpose"))
	if err != nil {
		return nil, err
	}
	env, err := s.environment(epoch, who)
	if err != nil {
		return nil, err
	}
	return &moment{epoch: epoch, who: who, env: env, zone: s.settings.value("timezone"), output: s.settings.output()}, nil
}

// inputSettings are those that reading values depends on.
func (s *session) inputSettings() pgtype.Settings {
	zone, err := location(s.settings.value("timezone"))
	if err != nil {
		zone = time.UTC
	}
	_, order, _ := strings.Cut(s.settings.value("datestyle"), ", ")
	return pgtype.Settings{
		DateOrder: order, Location: zone, Now: s.begun().start,
	}
}
