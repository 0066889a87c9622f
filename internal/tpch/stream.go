package tpch

import (
	"context"
	"io"
)

// textRows reads a table as lines of tab-separated cells, which PostgreSQL's COPY and
// MariaDB's LOAD DATA both take. No cell holds a tab, a line feed or a backslash, so
// nothing needs escaping. The caller closes it, also when not read to the end.
func (d Dataset) textRows(ctx context.Context, table Table) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(d.writeText(ctx, writer, table)) }()
	return reader
}

func (d Dataset) writeText(ctx context.Context, to io.Writer, table Table) error {
	const chunk = 64 << 10
	lines := make([]byte, 0, chunk+4096)
	for row := range d.Rows(table.Name) {
		for i, value := range row {
			if i > 0 {
				lines = append(lines, '\t')
			}
			lines = value.appendText(lines, table.Columns[i].Kind)
		}
		lines = append(lines, '\n')
		if len(lines) < chunk {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := to.Write(lines); err != nil {
			return err
		}
		lines = lines[:0]
	}
	_, err := to.Write(lines)
	return err
}
