package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/sluicemesh/sluice/auth/audit"
)

// audits are the commands about audit logs.
type audits struct {
	Verify auditVerify `cmd:"" help:"Find any edit, deletion, reordering, rollback or truncation; exit 1 if there is one."`
	Anchor auditAnchor `cmd:"" help:"Print where the log ends now. Keep it elsewhere and give it to verify."`
}

// auditFlags are what both take.
type auditFlags struct {
	Dir string `help:"Directory of the audit log." required:"" type:"existingdir" env:"SLUICE_AUDIT_DIR"`
	Key string `help:"Public key that must have signed, 64 hexadecimal digits (default: the one the log names)."`
}

type auditVerify struct {
	auditFlags
	Anchor string `help:"File with an anchor." type:"existingfile"`
}

// Run reads the whole log.
func (v *auditVerify) Run() error {
	var anchor *audit.Anchor
	if v.Anchor != "" {
		text, err := os.ReadFile(v.Anchor)
		if err != nil {
			return err
		}
		anchor = &audit.Anchor{}
		if err := json.Unmarshal(text, anchor); err != nil || anchor.Sequence == 0 {
			return fmt.Errorf("%s is no anchor; make one with: sluice audit anchor", v.Anchor)
		}
	}
	report, err := v.verify(anchor)
	if err != nil {
		return err
	}
	fmt.Printf("records %d to %d are whole and in order; %d checkpoints; %d records since the last one\n",
		report.First, report.Last, report.Checkpoints, report.Unsigned)
	return nil
}

func (f *auditFlags) verify(anchor *audit.Anchor) (audit.Report, error) {
	var public ed25519.PublicKey
	if f.Key != "" {
		key, err := hex.DecodeString(f.Key)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return audit.Report{}, fmt.Errorf("--key takes 64 hexadecimal digits")
		}
		public = key
	}
	return audit.Verify(f.Dir, public, anchor)
}

type auditAnchor struct{ auditFlags }

// Run verifies the log first: a broken one is not worth an anchor.
func (a *auditAnchor) Run() error {
	report, err := a.verify(nil)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report.End)
}
