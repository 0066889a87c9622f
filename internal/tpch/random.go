package tpch

// seed was chosen among the first few dozen so that every query selects something at
// scale 0.01, where the rarest has an expectation of less than one row.
const seed = 27

// random is a splitmix64 generator (Steele, Lea, Flood 2014). Each row starts its own,
// from its table and key, so that rows do not depend on the order they are made in
// and an order can be made again for its line items.
type random struct{ state uint64 }

func rowRandom(table uint64, row int64) random {
	r := random{state: seed<<56 ^ table<<48 ^ uint64(row)}
	r.state = r.next()
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// between gives a number from low to high, both included.
func (r *random) between(low, high int64) int64 {
	return low + int64(r.next()>>1)%(high-low+1)
}

func (r *random) pick(list []string) string {
	return list[r.next()%uint64(len(list))]
}
