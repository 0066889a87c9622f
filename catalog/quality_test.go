package catalog

import "testing"

func TestQualityHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, compare string
		bounds         []string
		want           bool
	}{
		{"0", "mustBe", []string{"0"}, true}, {"0.0", "mustBe", []string{"0"}, true}, {"10", "mustBe", []string{"9"}, false}, {"a", "mustBe", []string{"a"}, true},
		{"1", "mustNotBe", []string{"1"}, false}, {"10", "mustBeGreaterThan", []string{"9"}, true}, {"9", "mustBeGreaterThan", []string{"9"}, false},
		{"9", "mustBeGreaterOrEqualTo", []string{"9"}, true}, {"10", "mustBeLessThan", []string{"9"}, false}, {"9", "mustBeLessOrEqualTo", []string{"9.0"}, true},
		{"5", "mustBeBetween", []string{"1", "9"}, true}, {"1", "mustBeBetween", []string{"1", "9"}, true}, {"10", "mustBeBetween", []string{"1", "9"}, false},
		{"10", "mustNotBeBetween", []string{"1", "9"}, true}, {"9", "mustNotBeBetween", []string{"1", "9"}, false}, {"5", "mustBeBetween", []string{"1"}, false},
		{"5", "", nil, false}, {"12345678901234567890.1", "mustBeGreaterThan", []string{"12345678901234567890"}, true},
	} {
		q := Quality{Compare: c.compare, Bounds: c.bounds}
		if got := q.Holds(c.value, true); got != c.want {
			t.Errorf("%s %s %v: %t", c.value, c.compare, c.bounds, got)
		}
		if q.Holds(c.value, false) {
			t.Errorf("NULL %s %v holds", c.compare, c.bounds)
		}
	}
}
