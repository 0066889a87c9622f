package gateway

import (
	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// ownSources gives the sources that are this session's alone, as they are at a moment.
func (s *session) ownSources(now *moment) func(*catalog.Source) (connectors.Source, bool) {
	temporary := s.temporary.Tables().Source()
	return func(source *catalog.Source) (connectors.Source, bool) {
		switch source.Kind {
		case catalog.Temporary:
			return temporary, true
		case catalog.AuditLog:
			return auditSource{log: s.gateway.audit, may: auth.MayAudit(now.who)}, true
		default:
			return nil, false
		}
	}
}
