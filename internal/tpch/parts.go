package tpch

import (
	"fmt"
	"strings"
)

func generatePart(s size, yield func([]Value) bool) {
	row := make([]Value, 9)
	for key := int64(1); key <= s.parts; key++ {
		r := rowRandom(partStream, key)
		manufacturer := r.between(1, 5)
		row[0], row[1] = number(key), text(r.partName())
		row[2] = text(fmt.Sprintf("Manufacturer#%d", manufacturer))
		row[3] = text(fmt.Sprintf("Brand#%d%d", manufacturer, r.between(1, 5)))
		row[4], row[5], row[6] = text(r.pick(types)), number(r.between(1, 50)), text(r.pick(containers))
		row[7], row[8] = number(retailPrice(key)), text(r.comment(5, 22))
		if !yield(row) {
			return
		}
	}
}

// partName is five different colours.
func (r *random) partName() string {
	var words [5]string
	for i := 0; i < len(words); {
		word := r.pick(colours)
		if !strings.Contains(" "+strings.Join(words[:i], " ")+" ", " "+word+" ") {
			words[i] = word
			i++
		}
	}
	return strings.Join(words[:], " ")
}

// retailPrice is P_RETAILPRICE in hundredths (clause 4.2.3).
func retailPrice(part int64) int64 {
	return 90_000 + part/10%20_001 + 100*(part%1_000)
}

func generatePartSupp(s size, yield func([]Value) bool) {
	row := make([]Value, 5)
	for part := int64(1); part <= s.parts; part++ {
		r := rowRandom(partSuppStream, part)
		for i := range int64(4) {
			row[0], row[1] = number(part), number(s.supplierOf(part, i))
			row[2], row[3] = number(r.between(1, 9_999)), number(r.between(1_00, 1000_00))
			row[4] = text(r.comment(49, 198))
			if !yield(row) {
				return
			}
		}
	}
}

// supplierOf is the i-th of a part's four suppliers: PS_SUPPKEY, also L_SUPPKEY (clause 4.2.3).
func (s size) supplierOf(part, i int64) int64 {
	return (part+i*s.supplierStep(part))%s.suppliers + 1
}

// supplierStep is the distance between a part's suppliers. The specification's formula
// gives four different ones at its own scales; at others a step may need a nudge.
func (s size) supplierStep(part int64) int64 {
	step := s.suppliers/4 + (part-1)/s.suppliers
	for step%s.suppliers == 0 || 2*step%s.suppliers == 0 || 3*step%s.suppliers == 0 {
		step++
	}
	return step
}
