package tpch

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// loaders is how many tables are loaded at once: making rows and storing them keep
// two cores busy already.
const loaders = 2

// eachTable loads the tables, a few at once. The first error stops the others.
func eachTable(ctx context.Context, tables []Table, load func(context.Context, Table) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan Table, len(tables))
	for _, table := range loadOrder(tables) {
		queue <- table
	}
	close(queue)
	var done sync.WaitGroup
	for range loaders {
		done.Go(func() {
			for table := range queue {
				if ctx.Err() != nil {
					return
				}
				if err := load(ctx, table); err != nil {
					cancel(fmt.Errorf("tpch: table %s: %w", table.Name, err))
				}
			}
		})
	}
	done.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}
