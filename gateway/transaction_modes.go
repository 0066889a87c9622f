package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// setTransaction is SET TRANSACTION and SET SESSION CHARACTERISTICS.
func (s *session) setTransaction(st *planner.SetTransaction) error {
	if st.Session {
		return s.setModes(st.Modes, "default_transaction_", false)
	}
	if !s.tx.inBlock() {
		s.warn(sqlstate.NoActiveSQLTransaction, "SET TRANSACTION can only be used in transaction blocks")
	}
	return s.setModes(st.Modes, "transaction_", true)
}

// setModes sets transaction modes; those of the session carry the prefix default_transaction_.
func (s *session) setModes(modes []planner.Mode, prefix string, local bool) error {
	for _, m := range modes {
		name := prefix + strings.TrimPrefix(m.Name, "transaction_")
		if err := s.setMode(name, m.Value, local); err != nil {
			return err
		}
	}
	return nil
}

// setMode sets one mode, if the transaction is not too far on for that.
func (s *session) setMode(name, value string, local bool) error {
	if err := s.modeMayChange(name, value); err != nil {
		return err
	}
	if err := s.settings.Set(name, value, local); err != nil {
		return err
	}
	if on, err := boolean(parameters[name], value, ""); strings.HasSuffix(name, "transaction_read_only") && err == nil && on == "off" {
		s.warn(sqlstate.Warning, "Sluice reads only; the transaction stays READ ONLY")
	}
	return nil
}

// modeMayChange follows check_XactIsoLevel and its like in PostgreSQL.
func (s *session) modeMayChange(name, value string) error {
	inside := len(s.tx.marks) > 1
	tooLate := func(message string) error { return sqlstate.New(sqlstate.ActiveSQLTransaction, "%s", message) }
	switch {
	case name == "transaction_isolation" && !strings.EqualFold(value, s.settings.value(name)):
		if s.tx.queried {
			return tooLate("SET TRANSACTION ISOLATION LEVEL must be called before any query")
		}
		if inside {
			return tooLate("SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction")
		}
	case name == "transaction_deferrable":
		if inside {
			return tooLate("SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction")
		}
		if s.tx.queried {
			return tooLate("SET TRANSACTION [NOT] DEFERRABLE must be called before any query")
		}
	}
	return nil
}
