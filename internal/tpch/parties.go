package tpch

import "fmt"

// The streams of random numbers, one per table.
const (
	regionStream = iota + 1
	nationStream
	supplierStream
	customerStream
	partStream
	partSuppStream
	orderStream
	poolStream
	complaintStream
)

func generateRegion(_ size, yield func([]Value) bool) {
	for key, name := range regions {
		r := rowRandom(regionStream, int64(key))
		if !yield([]Value{number(int64(key)), text(name), text(r.comment(31, 115))}) {
			return
		}
	}
}

func generateNation(_ size, yield func([]Value) bool) {
	for key, nation := range nations {
		r := rowRandom(nationStream, int64(key))
		if !yield([]Value{number(int64(key)), text(nation.name), number(nation.region), text(r.comment(31, 114))}) {
			return
		}
	}
}

func generateSupplier(s size, yield func([]Value) bool) {
	row := make([]Value, 7)
	for key := int64(1); key <= s.suppliers; key++ {
		r := rowRandom(supplierStream, key)
		nation := r.between(0, 24)
		row[0], row[1] = number(key), text(fmt.Sprintf("Supplier#%09d", key))
		row[2], row[3] = text(r.address()), number(nation)
		row[4], row[5] = text(r.phone(nation)), number(r.balance())
		row[6] = text(s.supplierComment(key, &r))
		if !yield(row) {
			return
		}
	}
}

// supplierComment has, for 5 suppliers in 10,000 each (and for one at least), a text
// like "Customer…Complaints" or "Customer…Recommends" at a random place (clause 4.2.3).
func (s size) supplierComment(key int64, r *random) string {
	comment := r.comment(25, 100)
	for i, word := range []string{"Complaints", "Recommends"} {
		if s.chosen(key, int64(i)) {
			between := r.comment(1, 5)
			marked := "Customer" + between + word
			room := int64(max(len(comment)-len(marked), 0))
			at := r.between(0, room)
			end := min(at+int64(len(marked)), int64(len(comment)))
			return comment[:at] + marked + comment[end:]
		}
	}
	return comment
}

// chosen picks one supplier out of each block of 2,000, another for each purpose.
func (s size) chosen(key, purpose int64) bool {
	const block = 2_000
	first := (key - 1) / block * block
	length := min(block, s.suppliers-first)
	r := rowRandom(complaintStream, first)
	complaint := r.between(0, length-1)
	return key-1-first == (complaint+purpose)%length
}

func generateCustomer(s size, yield func([]Value) bool) {
	row := make([]Value, 8)
	for key := int64(1); key <= s.customers; key++ {
		r := rowRandom(customerStream, key)
		nation := r.between(0, 24)
		row[0], row[1] = number(key), text(fmt.Sprintf("Customer#%09d", key))
		row[2], row[3] = text(r.address()), number(nation)
		row[4], row[5] = text(r.phone(nation)), number(r.balance())
		row[6], row[7] = text(r.pick(segments)), text(r.comment(29, 116))
		if !yield(row) {
			return
		}
	}
}

// phone begins with the nation's country code (clause 4.2.2.9).
func (r *random) phone(nation int64) string {
	return fmt.Sprintf("%d-%d-%d-%d", nation+10, r.between(100, 999), r.between(100, 999), r.between(1000, 9999))
}

func (r *random) balance() int64 { return r.between(-999_99, 9999_99) }
