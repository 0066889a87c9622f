package peers

import "testing"

func TestDifference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		got, want Answer
		same      bool
	}{
		{Answer{{"a", "1"}}, Answer{{"a  ", "1"}}, true},
		{Answer{{"a"}}, Answer{{"b"}}, false},
		{Answer{{"a"}}, Answer{{"a"}, {"a"}}, false},
		{Answer{{Null}}, Answer{{Null}}, true},
		{Answer{{Null}}, Answer{{"0"}}, false},
		{Answer{{"0"}}, Answer{{Null}}, false},
		// An integer is exact, up to what a float holds.
		{Answer{{"12"}}, Answer{{"12.00"}}, true},
		{Answer{{"12"}}, Answer{{"12.4"}}, false},
		{Answer{{"1997"}}, Answer{{"1996"}}, false},
		// Rounded to two digits.
		{Answer{{"25.51"}}, Answer{{"25.5058709567841243"}}, true},
		{Answer{{"25.50"}}, Answer{{"25.5058709567841243"}}, false},
		{Answer{{"3.6015e2"}}, Answer{{"360.15"}}, true},
		// A float.
		{Answer{{"25.505870956784"}}, Answer{{"25.5058709567841243"}}, true},
		{Answer{{"0.1"}}, Answer{{"0.2"}}, false},
		// Another order of rows, also where numbers are written otherwise.
		{Answer{{"a", "1.50"}, {"a", "2.25"}, {"b", "1"}}, Answer{{"b", "1.0"}, {"a", "2.250"}, {"a", "1.5"}}, true},
		{Answer{{"a", "1.50"}, {"b", "2.25"}}, Answer{{"a", "2.25"}, {"b", "1.50"}}, false},
		// Dates are texts.
		{Answer{{"1995-03-01"}}, Answer{{"1995-03-02"}}, false},
	}
	for _, test := range tests {
		if got := Difference(test.got, test.want); (got == "") != test.same {
			t.Errorf("Difference(%v, %v) = %q", test.got, test.want, got)
		}
	}
}
