package meshdir

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// readMesh reads mesh.yaml.
func (l *loader) readMesh() {
	if !l.exists("mesh.yaml") {
		l.report(Error, "mesh.yaml", "the mesh directory has no mesh.yaml")
		return
	}
	d := l.read("mesh.yaml")
	if d == nil {
		return
	}
	o, ok := d.header("Mesh", "mesh")
	if !ok {
		return
	}
	l.mesh.Name = o.required("name")
	if a := o.child("address", "address"); a != nil {
		l.readAddressing(a)
	}
	if a := o.child("defaults", "defaults"); a != nil {
		l.readDefaults(a)
	}
	if a := o.child("audit", "audit"); a != nil {
		l.readAudit(a)
	}
	if a := o.child("authentication", "authentication"); a != nil {
		l.readAuthentication(a)
	}
	if a := o.child("session", "session"); a != nil {
		l.readSession(a)
	}
	l.mesh.Settings.Discovery = o.boolean("discovery")
	l.mesh.Settings.CancelRevoked = o.oneOf("onRevoke", "finish", "cancel") == "cancel"
	l.mesh.Settings.HashKey = l.own(o.secretRef("hashKeyRef"))
	l.readAllowPaths(o)
	o.ignore("description", "cache")
	o.end(Error)
}

func (l *loader) readAddressing(o *object) {
	if text := o.text("pattern"); text != "" {
		pattern, err := regexp.Compile(text)
		if err != nil {
			_ = o.errorf(o.at("pattern"), "pattern is no regular expression")
		} else {
			l.addressing.pattern = pattern
		}
	}
	if s := o.text("objectSeparator"); s != "" {
		l.addressing.objectSeparator = s
	}
	if s := o.text("versionSuffix"); s != "" {
		if !strings.Contains(s, "{major}") {
			_ = o.errorf(o.at("versionSuffix"), "versionSuffix must hold {major}")
		} else {
			l.addressing.versionSuffix = s
		}
	}
	o.end(Error)
}

func (l *loader) readDefaults(o *object) {
	if a := o.text("access"); a != "" && a != "deny" {
		_ = o.errorf(o.at("access"), "access can only be deny: nobody reads without a grant")
	}
	if c := o.text("unknownClassification"); c != "" {
		l.mesh.Settings.UnknownClassification = c
	}
	o.end(Error)
}

func (l *loader) readAudit(o *object) {
	l.mesh.Settings.AuditDir = o.text("dir")
	l.mesh.Settings.AuditLiterals = o.oneOf("literals", "redact", "keep") == "keep"
	if a := o.text("onFailure"); a != "" && a != "deny" {
		_ = o.errorf(o.at("onFailure"), "onFailure can only be deny: what cannot be recorded is not answered")
	}
	l.mesh.Settings.AuditKey = o.load.own(o.secretRef("signingKeyRef"))
	l.mesh.Settings.AuditSync = o.oneOf("durability", "written", "synced") == "synced"
	if text := o.text("checkpointEvery"); text != "" {
		every, err := time.ParseDuration(text)
		if err != nil || every <= 0 {
			_ = o.errorf(o.at("checkpointEvery"), "checkpointEvery must be a duration such as 5m")
		}
		l.mesh.Settings.AuditCheckpointEvery = every
	}
	o.end(Error)
}

// readSession reads what sessions start with; the names are the gateway's to know.
func (l *loader) readSession(o *object) {
	for _, name := range o.order {
		d := catalog.Default{Name: name, Position: o.position(o.keys[name])}
		if o.values[name].Kind == yaml.SequenceNode {
			d.Values = o.texts(name)
		} else {
			d.Values = []string{o.text(name)}
		}
		l.mesh.Settings.Session = append(l.mesh.Settings.Session, d)
	}
	o.end(Error)
}

func (l *loader) readAllowPaths(o *object) {
	for i, p := range o.texts("allowPaths") {
		if !filepath.IsAbs(p) || filepath.Clean(p) == "/" {
			_ = o.errorf(o.list("allowPaths")[i], "allowPaths lists absolute directories below /")
			continue
		}
		l.allowPaths = append(l.allowPaths, filepath.Clean(p))
	}
}
