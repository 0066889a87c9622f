package main

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	glyph "gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgsvg" // the format
)

// marks are how a contender's times are drawn: colours that the colour-blind can tell
// apart (Okabe and Ito), and shapes for print.
var marks = map[string]struct {
	colour color.RGBA
	shape  glyph.GlyphDrawer
}{
	"sluice":   {color.RGBA{0, 0, 0, 255}, glyph.CircleGlyph{}},
	"postgres": {color.RGBA{0, 114, 178, 255}, glyph.BoxGlyph{}},
	"fdw":      {color.RGBA{213, 94, 0, 255}, glyph.TriangleGlyph{}},
	"trino":    {color.RGBA{204, 121, 167, 255}, glyph.PyramidGlyph{}},
	"duckdb":   {color.RGBA{230, 159, 0, 255}, glyph.SquareGlyph{}},
	"direct":   {color.RGBA{0, 158, 115, 255}, glyph.PlusGlyph{}},
}

// plot draws seconds, on a logarithmic scale, by query. A query that was ended is drawn
// as a cross at the time it was given.
func (s *tpchSuite) plot(all []*contender) (string, error) {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text = s.title + ": seconds, logarithmic; lower is better; x: ended"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, decades{}
	// Room for the legend on the right.
	p.X.Min, p.X.Max = -0.6, float64(len(s.results))*1.12
	p.Legend.Top, p.Legend.Padding = true, vg.Points(2)
	var names []string
	for _, r := range s.results {
		names = append(names, r.query.Name)
	}
	p.NominalX(names...)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	entries := map[string]plot.Thumbnailer{}
	for i, c := range slices.Backward(all) { // Sluice last, above the others
		if err := s.drawContender(p, i, c, entries); err != nil {
			return "", err
		}
	}
	for _, c := range all {
		if entry, drawn := entries[c.name]; drawn {
			p.Legend.Add(c.name, entry)
		}
	}
	p.Y.Min, p.Y.Max = p.Y.Min/1.3, p.Y.Max*1.3
	to, err := p.WriterTo(26*vg.Centimeter, 12*vg.Centimeter, "svg")
	if err != nil {
		return "", err
	}
	var text strings.Builder
	_, err = to.WriteTo(&text)
	return text.String(), err
}

// drawContender adds one contender's marks, a little beside the others', and its entry
// for the legend.
func (s *tpchSuite) drawContender(p *plot.Plot, i int, c *contender, entries map[string]plot.Thumbnailer) error {
	var done, ended plotter.XYs
	for q, r := range s.results {
		x := float64(q) + float64(i-2)*0.1
		switch t := r.times[i]; {
		case t.limit:
			ended = append(ended, plotter.XY{X: x, Y: benchLimit().Seconds()})
		case t.median > 0:
			done = append(done, plotter.XY{X: x, Y: math.Max(t.median.Seconds(), 0.0005)})
		}
	}
	mark := marks[c.name]
	for _, group := range []struct {
		points plotter.XYs
		shape  glyph.GlyphDrawer
	}{{done, mark.shape}, {ended, glyph.CrossGlyph{}}} {
		if len(group.points) == 0 {
			continue
		}
		scatter, err := plotter.NewScatter(group.points)
		if err != nil {
			return err
		}
		scatter.GlyphStyle = glyph.GlyphStyle{Color: mark.colour, Radius: vg.Points(3.5), Shape: group.shape}
		p.Add(scatter)
		if group.shape == mark.shape {
			entries[c.name] = scatter
		}
	}
	return nil
}

// decades marks 0.01, 0.1, 1, … with their numbers, and the steps between without.
type decades struct{}

func (decades) Ticks(least, most float64) []plot.Tick {
	var all []plot.Tick
	for exponent := math.Floor(math.Log10(least)); exponent <= math.Ceil(math.Log10(most)); exponent++ {
		for step := 1.0; step < 10; step++ {
			value := step * math.Pow(10, exponent)
			if value < least || value > most {
				continue
			}
			tick := plot.Tick{Value: value}
			if step == 1 || step == 3 {
				tick.Label = strconv.FormatFloat(value, 'g', 3, 64)
			}
			all = append(all, tick)
		}
	}
	return all
}
