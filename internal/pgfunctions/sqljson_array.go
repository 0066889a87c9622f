package pgfunctions

import (
	"strings"

	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// jsonDimensions makes the text of an array of a JSON array (jsonfuncs.c, populate_array). How
// many dimensions it has the first elements tell.
type jsonDimensions struct {
	json    bool  // the elements are JSON
	known   int   // dimensions; 0: not known yet
	lengths []int // of each, -1: not known yet
}

func arrayOfJSON(v pgjson.Value, json bool) (string, error) {
	d := &jsonDimensions{json: json}
	text, err := d.text(v, 1)
	if err == nil && strings.Trim(text, "{},") == "" && !strings.Contains(text, `"`) {
		text = "{}"
	}
	return text, err
}

// text is the array at a level, counted from 1.
func (d *jsonDimensions) text(v pgjson.Value, level int) (string, error) {
	if v.Kind != pgjson.Array {
		return "", sqlstate.New(sqlstate.InvalidTextRepresentation, "expected JSON array")
	}
	if d.known == 0 && (len(v.Items) == 0 || v.Items[0].Kind != pgjson.Array) {
		d.known = level
	}
	for len(d.lengths) < level {
		d.lengths = append(d.lengths, -1)
	}
	parts := make([]string, len(v.Items))
	for i, item := range v.Items {
		if d.known > 0 && level >= d.known {
			parts[i] = d.element(item)
			continue
		}
		var err error
		if parts[i], err = d.text(item, level+1); err != nil {
			return "", err
		}
	}
	if d.lengths[level-1] >= 0 && d.lengths[level-1] != len(v.Items) {
		return "", sqlstate.New(sqlstate.InvalidTextRepresentation, "malformed JSON array").
			WithDetail("Multidimensional arrays must have sub-arrays with matching dimensions.")
	}
	d.lengths[level-1] = len(v.Items)
	return "{" + strings.Join(parts, ",") + "}", nil
}

func (d *jsonDimensions) element(v pgjson.Value) string {
	text := v.Raw
	switch {
	case v.Kind == pgjson.Null:
		return "NULL"
	case v.Kind == pgjson.String && !d.json:
		text = v.Text
	}
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(text) + `"`
}
