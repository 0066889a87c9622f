package meshdir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// Names of fields that hold a secret wherever they stand, in lower case without - and _.
var secretFields = map[string]bool{
	"password": true, "passwd": true, "pwd": true, "passphrase": true, "secret": true, "secretkey": true,
	"privatekey": true, "apikey": true, "accesskey": true, "accesstoken": true, "authtoken": true, "credentials": true,
}

// A password inside an address: postgres://user:password@host.
var secretInAddress = regexp.MustCompile(`://[^/\s:@]*:[^/\s@]+@`)

func isSecretField(name string) bool {
	return secretFields[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))]
}

// literalSecrets reports every secret written into a file, by the field's name, never
// with its value, and tells whether there was none.
func (d *document) literalSecrets(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		if secretInAddress.MatchString(n.Value) {
			_ = d.errorf(n, "an address holds a literal password; name it with secretRef: {file: …} or {env: …}")
			return false
		}
		return true
	case yaml.MappingNode:
		return d.secretsOfMapping(n)
	}
	ok := true
	for _, c := range n.Content {
		ok = d.literalSecrets(c) && ok
	}
	return ok
}

func (d *document) secretsOfMapping(n *yaml.Node) bool {
	ok, property := true, ""
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		literal := v.Kind == yaml.ScalarNode && v.ShortTag() != "!!null"
		switch {
		case literal && k.Value == "property":
			property = v.Value
		case literal && k.Value == "value" && isSecretField(property):
			_ = d.errorf(k, "property %s is a literal secret; credentials belong to the source, as secretRef", property)
			ok = false
		case literal && isSecretField(k.Value):
			_ = d.errorf(k, "%s is a literal secret; write secretRef: {file: …} or secretRef: {env: …}", k.Value)
			ok = false
		default:
			ok = d.literalSecrets(v) && ok
		}
	}
	return ok
}

// secretRef reads {file: …} or {env: …}.
func (o *object) secretRef(key string) catalog.SecretRef {
	v := o.value(key)
	if v == nil {
		return catalog.SecretRef{}
	}
	if v.Kind == yaml.ScalarNode {
		_ = o.errorf(v, "%s is a literal; write {file: …} or {env: …}", key)
		return catalog.SecretRef{}
	}
	r := o.object(v, key)
	ref := catalog.SecretRef{File: r.text("file"), Env: r.text("env")}
	r.end(Error)
	if v.Kind == yaml.MappingNode && (ref.File == "") == (ref.Env == "") {
		_ = o.errorf(v, "%s needs one of file and env", key)
	}
	return ref
}

const maxSecretBytes = 64 << 10

// ReadSecret gives the secret a reference points at, without the line end a file
// closes with. Its errors name the reference, never the value.
func ReadSecret(ref catalog.SecretRef) (string, error) {
	switch {
	case ref.Env != "":
		value, ok := os.LookupEnv(ref.Env)
		if !ok {
			return "", fmt.Errorf("secret: environment variable %s is not set", ref.Env)
		}
		return value, nil
	case ref.File != "":
		return readSecretFile(ref.File)
	}
	return "", errors.New("secret: no reference")
}

func readSecretFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if len(text) > maxSecretBytes {
		return "", fmt.Errorf("secret: %s is larger than %d bytes", name, maxSecretBytes)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
