package tpch

import "fmt"

// order is an order with its lines: status and total price follow from them.
type order struct {
	key, customer, date, total int64
	status                     string
	lines                      []line
	rest                       random // for the columns only the orders table needs
}

type line struct {
	part, supplier              int64
	quantity, extended          int64 // hundredths
	discount, tax               int64 // hundredths
	shipped, committed, arrived int64 // dates
	flag, status                string
	instruction, mode, comment  string
}

func generateOrders(s size, yield func([]Value) bool) {
	row := make([]Value, 9)
	var o order
	for i := range s.orders {
		s.makeOrder(i, &o)
		r := &o.rest
		row[0], row[1], row[2] = number(o.key), number(o.customer), text(o.status)
		row[3], row[4], row[5] = number(o.total), number(o.date), text(r.pick(priorities))
		row[6], row[7] = text(fmt.Sprintf("Clerk#%09d", r.between(1, s.clerks))), number(0)
		row[8] = text(r.comment(19, 78))
		if !yield(row) {
			return
		}
	}
}

func generateLineItem(s size, yield func([]Value) bool) {
	row := make([]Value, 16)
	var o order
	for i := range s.orders {
		s.makeOrder(i, &o)
		for at, l := range o.lines {
			row[0], row[1], row[2], row[3] = number(o.key), number(l.part), number(l.supplier), number(int64(at+1))
			row[4], row[5], row[6], row[7] = number(l.quantity), number(l.extended), number(l.discount), number(l.tax)
			row[8], row[9] = text(l.flag), text(l.status)
			row[10], row[11], row[12] = number(l.shipped), number(l.committed), number(l.arrived)
			row[13], row[14], row[15] = text(l.instruction), text(l.mode), text(l.comment)
			if !yield(row) {
				return
			}
		}
	}
}

// makeOrder makes the i-th order into o, whose memory it uses again.
func (s size) makeOrder(i int64, o *order) {
	r := rowRandom(orderStream, i)
	o.key = sparseKey(i)
	o.customer = s.customerWithOrders(&r)
	o.date = r.between(startDate, endDate-151)
	o.total, o.lines = 0, o.lines[:0]
	for range r.between(1, 7) {
		l := s.makeLine(o.date, &r)
		o.total += l.extended * (100 + l.tax) / 100 * (100 - l.discount) / 100
		o.lines = append(o.lines, l)
	}
	o.status = orderStatus(o.lines)
	o.rest = r
}

// sparseKey uses the first 8 of every 32 keys (clause 4.2.3).
func sparseKey(i int64) int64 { return i/8*32 + i%8 + 1 }

// customerWithOrders leaves out every third customer (clause 4.2.3).
func (s size) customerWithOrders(r *random) int64 {
	for {
		if key := r.between(1, s.customers); key%3 != 0 {
			return key
		}
	}
}

func (s size) makeLine(ordered int64, r *random) line {
	part := r.between(1, s.parts)
	quantity := r.between(1, 50)
	shipped := ordered + r.between(1, 121)
	l := line{
		part: part, supplier: s.supplierOf(part, r.between(0, 3)),
		quantity: quantity * 100, extended: quantity * retailPrice(part),
		discount: r.between(0, 10), tax: r.between(0, 8),
		shipped: shipped, committed: ordered + r.between(30, 90), arrived: shipped + r.between(1, 30),
		flag: "N", status: "O",
		instruction: r.pick(instructions), mode: r.pick(modes), comment: r.comment(10, 43),
	}
	if l.arrived <= currentDate {
		l.flag = r.pick([]string{"R", "A"})
	}
	if l.shipped <= currentDate {
		l.status = "F"
	}
	return l
}

// orderStatus is the lines' status when all share it, else P.
func orderStatus(lines []line) string {
	for _, l := range lines[1:] {
		if l.status != lines[0].status {
			return "P"
		}
	}
	return lines[0].status
}
