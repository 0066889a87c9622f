package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/seed"
)

// TestRandomSessions sends random statements, alone and several in a message, to the
// gateway and to PostgreSQL, and compares every message of the answers.
func TestRandomSessions(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	drawn := seed.For(t)
	for n := range 30 {
		random := &statements{rand.New(rand.NewPCG(drawn, uint64(n)))}
		ours, theirs := listen(t, gateway.connect(t, "reader")), listen(t, connectTo(t, oracle.DSN))
		const start = "SET search_path = shop; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET application_name = ''"
		said := []string{ours.query(t, start), theirs.query(t, start)}[:0]
		for range 60 {
			text := random.message()
			said = append(said, text)
			got, want := ours.query(t, text), theirs.query(t, text)
			if got != want {
				t.Errorf("session %d of seed %d:\n%s\ngot\n%swant\n%s", n, drawn, strings.Join(said, "\n"), got, want)
				break
			}
			if strings.Contains(text, "DISCARD ALL") {
				ours.query(t, start)
				theirs.query(t, start)
			}
		}
	}
}

// TestNoMistakeIsOurs sends random statements, half of them damaged, and looks for errors
// of class XX: those are never the user's.
func TestNoMistakeIsOurs(t *testing.T) {
	gateway, _ := newSessionMesh(t)
	drawn := seed.For(t)
	for n := range 10 {
		random := &statements{rand.New(rand.NewPCG(drawn, uint64(n)))}
		ours := listen(t, gateway.connect(t, "reader"))
		ours.query(t, "SET search_path = shop")
		var said []string
		for range 200 {
			text := random.damaged()
			answer := ""
			if random.IntN(4) > 0 {
				answer = ours.query(t, text)
			} else {
				text = random.extended(text)
				answer = ours.messages(t, text)
			}
			said = append(said, text)
			if strings.Contains(answer, "error XX") {
				t.Errorf("session %d of seed %d:\n%s\n%s", n, drawn, strings.Join(said[max(0, len(said)-8):], "\n"), answer)
			}
		}
	}
}

// statements makes random ones.
type statements struct{ *rand.Rand }

func (r *statements) one(of ...string) string { return of[r.IntN(len(of))] }

// message is one statement, or several.
func (r *statements) message() string {
	parts := []string{r.statement()}
	for r.IntN(4) == 0 {
		parts = append(parts, r.statement())
	}
	return strings.Join(parts, "; ")
}

func (r *statements) statement() string {
	kinds := []func() string{
		r.transaction, r.transaction, r.savepoint, r.savepoint, r.setting, r.setting, r.show, r.query, r.query,
		r.declare, r.fetch, r.fetch, r.fetch, r.prepared, r.temporary, r.temporary, r.temporary, r.rest,
	}
	return kinds[r.IntN(len(kinds))]()
}

func (r *statements) transaction() string {
	return r.one("BEGIN", "BEGIN", "BEGIN", "START TRANSACTION ISOLATION LEVEL REPEATABLE READ", "COMMIT", "COMMIT", "ROLLBACK", "END", "ABORT",
		"COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET TRANSACTION NOT DEFERRABLE")
}

func (r *statements) savepoint() string {
	return r.one("SAVEPOINT ", "SAVEPOINT ", "RELEASE ", "ROLLBACK TO ", "ROLLBACK TO ") + r.one("a", "b")
}

func (r *statements) setting() string {
	what := r.one("TimeZone = 'Europe/Berlin'", "TimeZone = 'Asia/Tokyo'", "TimeZone = DEFAULT", "DateStyle = German", "DateStyle = DMY",
		"DateStyle = 'SQL, MDY'", "application_name = 'x'", "application_name = 'y'", "mesh.x = '1'", "mesh.x = '2'", "extra_float_digits = 0",
		"extra_float_digits = 9", "default_transaction_isolation = 'serializable'", "nothing = 1", "statement_timeout = '90s'")
	if strings.Contains(what, "TimeZone = DEFAULT") { // the two have other defaults
		what = "TimeZone = 'UTC'"
	}
	return r.one("SET ", "SET ", "SET LOCAL ") + what
}

func (r *statements) show() string {
	return "SHOW " + r.one("TimeZone", "DateStyle", "application_name", "mesh.x", "transaction_isolation", "default_transaction_isolation", "nothing", "extra_float_digits", "statement_timeout")
}

func (r *statements) query() string {
	return r.one("SELECT count(*) FROM item", "SELECT id, name, price, added FROM item WHERE id < 4 ORDER BY id", "SELECT 1/(id-3) FROM item WHERE id = 3",
		"SELECT nothing", "SELECT * FROM nothing", "SELECT timestamptz '2024-06-01 12:00Z', date '2024-02-01'", "SELECT FROM WHERE", "VALUES (1, 'a'), (2, NULL)")
}

func (r *statements) declare() string {
	return "DECLARE " + r.one("c", "d") + r.one(" ", " SCROLL ", " NO SCROLL ", " SCROLL ") + "CURSOR " + r.one("", "", "WITH HOLD ") +
		"FOR SELECT id, name FROM item" + r.one("", " WHERE id < 4", " WHERE id > 100") + " ORDER BY id"
}

func (r *statements) fetch() string {
	n := r.IntN(16) - 4
	how := r.one("NEXT", "PRIOR", "FIRST", "LAST", "ALL", "FORWARD ALL", "BACKWARD ALL", fmt.Sprint("ABSOLUTE ", n), fmt.Sprint("RELATIVE ", n), fmt.Sprint(n), fmt.Sprint("BACKWARD ", n), "")
	if how != "" {
		how += " FROM"
	}
	return r.one("FETCH ", "FETCH ", "MOVE ", "FETCH ") + how + " " + r.one("c", "d")
}

func (r *statements) prepared() string {
	return r.one("PREPARE p AS SELECT name FROM item WHERE id = $1", "PREPARE q(int, text) AS SELECT $1 + 1, $2", "EXECUTE p(2)", "EXECUTE p('x')", "EXECUTE q(1, 'a')",
		"EXECUTE q(1)", "DEALLOCATE p", "DEALLOCATE q", "DEALLOCATE ALL")
}

func (r *statements) temporary() string {
	t := r.one("t", "u")
	return r.one("CREATE TEMP TABLE "+t+" (n int, s text)", "CREATE TEMP TABLE IF NOT EXISTS "+t+" (n int, s text)",
		"CREATE TEMP TABLE "+t+" (n, s) ON COMMIT DROP AS SELECT id, name FROM item WHERE id < 3", "CREATE TEMP TABLE "+t+" (n int, s text) ON COMMIT DELETE ROWS",
		"INSERT INTO "+t+" (n, s) VALUES (1, 'one'), (2, NULL)", "INSERT INTO "+t+" (s) VALUES (DEFAULT)", "INSERT INTO "+t+" (n, s) SELECT n + 1, s FROM "+t,
		"SELECT n, s FROM "+t+" ORDER BY n, s", "SELECT count(*), sum(n) FROM "+t, "TRUNCATE "+t, "DROP TABLE "+t, "DROP TABLE IF EXISTS "+t,
		"COPY "+t+" TO STDOUT", "INSERT INTO "+t+" VALUES ('x')", "INSERT INTO "+t+" SELECT 1/0", "DISCARD TEMP",
		"UPDATE "+t+" SET n = n + 1 WHERE n < 3", "UPDATE "+t+" SET s = upper(s), n = DEFAULT", "UPDATE "+t+" SET s = name FROM item WHERE id = n", "UPDATE "+t+" SET n = 1 / (n - 2)",
		"DELETE FROM "+t+" WHERE n = 1", "DELETE FROM "+t+" USING item WHERE id = n AND id > 2", "DELETE FROM "+t, "ALTER TABLE "+t+" ADD COLUMN IF NOT EXISTS x int", "ALTER TABLE "+t+" DROP COLUMN IF EXISTS x",
		"ALTER TABLE "+t+" ALTER n SET NOT NULL", "ALTER TABLE "+t+" ALTER n DROP NOT NULL",
		"SELECT relname FROM pg_class WHERE relname IN ('t', 'u') AND relnamespace = pg_my_temp_schema() ORDER BY 1", "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('"+t+"') AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
		"SELECT setseed(0.5), random()", "SELECT name FROM pg_prepared_statements ORDER BY 1")
}

func (r *statements) rest() string {
	return r.one("CLOSE c", "CLOSE d", "CLOSE ALL", "COPY (SELECT id FROM item WHERE id < 3 ORDER BY id) TO STDOUT", "LISTEN x", "", "RESET DateStyle", "RESET mesh.x",
		"DISCARD ALL", "LOCK TABLE item IN ACCESS SHARE MODE", "SET CONSTRAINTS ALL DEFERRED", "RESET application_name")
}

// damaged is a message with words lost, doubled or out of place.
func (r *statements) damaged() string {
	text := r.message()
	if r.IntN(2) == 0 {
		return text
	}
	words := strings.Fields(text)
	for range 1 + r.IntN(2) {
		if len(words) < 2 {
			break
		}
		i, j := r.IntN(len(words)), r.IntN(len(words))
		switch r.IntN(3) {
		case 0:
			words[i], words[j] = words[j], words[i]
		case 1:
			words = append(words[:i], words[i+1:]...)
		default:
			words[i] = strings.Fields(r.statement() + " x")[0]
		}
	}
	return strings.Join(words, " ")
}

// extended sends a text by messages of the extended protocol, in some order.
func (r *statements) extended(text string) string {
	name := r.one("-", "c", "s")
	lines := []string{"Parse " + name + ": " + strings.ReplaceAll(text, "\n", " ")}
	for range 1 + r.IntN(5) {
		portal := r.one("-", "c", "d")
		lines = append(lines, r.one("Bind "+portal+" "+name, "Describe S "+name, "Describe P "+portal, "Execute "+portal, fmt.Sprintf("Execute %s %d", portal, r.IntN(3)), "Close P "+portal, "Close S "+name))
	}
	return strings.Join(lines, "\n")
}
