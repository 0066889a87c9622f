package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// demo serves the demo mesh and says what to try; with --once it tries it itself.
type demo struct {
	serve
	Once bool `help:"Play the tour over a real connection and exit."`
}

// Run serves until an interrupt, or for the length of the tour.
func (d *demo) Run() error {
	log := d.logger()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", d.Listen)
	if err != nil {
		return err
	}
	a, err := d.assemble(log)
	if err != nil {
		return err
	}
	defer a.close()
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(ctx, listener) }()
	address := listener.Addr().(*net.TCPAddr)
	if d.Once {
		err = tour(ctx, os.Stdout, address)
		stop()
		<-served
		return err
	}
	fmt.Print(invitation(address))
	return <-served
}

// invitation is what a newcomer reads.
func invitation(address *net.TCPAddr) string {
	text := fmt.Sprintf(`
The demo mesh is served on %s: four domains, one database.

  PGPASSWORD=demo psql -h %s -p %d -U analyst mesh

Also try -U steward (sees everything) and -U intern (sees nothing). Three queries:
`, address, address.IP, address.Port)
	for _, q := range queries[:3] {
		text += "\n-- " + q.title + "\n" + q.sql + ";\n"
	}
	return text + "\nCtrl-C ends it.\n"
}

// question is one query of the tour.
type question struct{ title, sql string }

// queries are what the invitation shows and the tour asks.
var queries = []question{
	{"Revenue by country name: a DuckDB file joined to a CSV of another domain.",
		`SELECT c.name, count(*) AS orders, sum(o.amount) AS revenue
FROM sales.orders o JOIN market.countries c ON c.code = o.country
GROUP BY c.name ORDER BY revenue DESC LIMIT 5`},
	{"Who waits longest? Orders, customers and parcels of three domains. E-mail is masked for analysts.",
		`SELECT c.full_name, c.email, o.order_id, s.delivered_at - o.ordered_at AS waited
FROM sales.orders o
JOIN crm.customers c USING (customer_id)
JOIN logistics.shipments s USING (order_id)
WHERE s.delivered_at IS NOT NULL
ORDER BY waited DESC, o.order_id LIMIT 5`},
	{"Rows are governed too: analysts see their own region only.",
		`SELECT region, count(*) AS orders FROM sales.orders GROUP BY region ORDER BY region`},
}
