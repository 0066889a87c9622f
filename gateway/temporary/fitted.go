package temporary

import (
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fitted gives values as a column of type t stores them: char(n) padded, and neither it
// nor varchar(n) longer than n, where only blanks are cut off (manual, "Character Types").
func fitted(values arrow.Array, t pgtype.Type) (arrow.Array, error) {
	texts, ok := values.(*array.String)
	if !ok || t.Mod < 4 || t.OID != pgtype.Varchar && t.OID != pgtype.Bpchar {
		values.Retain()
		return values, nil
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range texts.Len() {
		if texts.IsNull(i) {
			b.AppendNull()
			continue
		}
		text, err := fit(texts.Value(i), t)
		if err != nil {
			return nil, err
		}
		b.Append(text)
	}
	return b.NewArray(), nil
}

func fit(text string, t pgtype.Type) (string, error) {
	most := int(t.Mod - 4)
	length := utf8.RuneCountInString(text)
	if length > most {
		runes := []rune(text)
		if strings.Trim(string(runes[most:]), " ") != "" {
			return "", sqlstate.New(sqlstate.StringDataRightTruncation, "value too long for type %s", pgtype.FormatType(t))
		}
		return string(runes[:most]), nil
	}
	if t.OID == pgtype.Bpchar {
		text += strings.Repeat(" ", most-length)
	}
	return text, nil
}
