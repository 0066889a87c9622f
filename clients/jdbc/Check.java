import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** pgjdbc: DatabaseMetaData in full, fetch sizes, server-prepared binary, batches, COPY, cancel. */
public class Check {
    interface Body { void run(Connection c, PrintStream out) throws Exception; }

    static final Map<String, Body> checks = new LinkedHashMap<>();

    static Connection connect(String... options) throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", System.getenv("PGUSER"));
        p.setProperty("password", System.getenv("PGPASSWORD"));
        p.setProperty("sslmode", "disable");
        for (int i = 0; i < options.length; i += 2) p.setProperty(options[i], options[i + 1]);
        return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE"), p);
    }

    /** Prints a result with its labels; at most some rows, and not what differs by nature. */
    static void print(PrintStream out, ResultSet r, int most, String... without) throws SQLException {
        ResultSetMetaData m = r.getMetaData();
        List<Integer> columns = new ArrayList<>();
        for (int i = 1; i <= m.getColumnCount(); i++) if (!Arrays.asList(without).contains(m.getColumnLabel(i))) columns.add(i);
        for (int i : columns) out.print(m.getColumnLabel(i) + ":" + m.getColumnTypeName(i) + " ");
        out.println();
        int n = 0;
        while (r.next()) {
            if (n++ >= most) continue;
            for (int i : columns) out.print((r.getObject(i) instanceof byte[] ? Arrays.toString(r.getBytes(i)) : r.getString(i)) + " | ");
            out.println();
        }
        out.println(n <= most ? n + " rows" : "more than " + most + " rows");
        r.close();
    }

    static void metadata(String name, Body body) { checks.put("DatabaseMetaData: " + name, body); }

    static {
        String[] own = {"crm", "logistics", "market", "sales"};
        metadata("getCatalogs", (c, out) -> out.println(c.getCatalog()));
        metadata("getSchemas", (c, out) -> { print(out, c.getMetaData().getSchemas(), 99); print(out, c.getMetaData().getSchemas(null, "s%"), 99); out.println(c.getSchema()); });
        metadata("getTableTypes", (c, out) -> print(out, c.getMetaData().getTableTypes(), 99));
        metadata("getTables", (c, out) -> {
            for (String s : own) print(out, c.getMetaData().getTables(null, s, "%", null), 99);
            print(out, c.getMetaData().getTables("mesh", "%", "o%", new String[] {"TABLE", "VIEW", "FOREIGN TABLE", "PARTITIONED TABLE"}), 99);
            print(out, c.getMetaData().getTables(null, "pg_catalog", "pg_cl%", new String[] {"SYSTEM TABLE"}), 99);
            print(out, c.getMetaData().getTables(null, "sales", "no\\_such", null), 99);
        });
        metadata("getColumns", (c, out) -> {
            for (String s : own) print(out, c.getMetaData().getColumns(null, s, "%", "%"), 999);
            print(out, c.getMetaData().getColumns(null, null, "orders", "a%"), 99);
            print(out, c.getMetaData().getColumns(null, "pg_catalog", "pg_type", "%"), 99);
        });
        metadata("getPrimaryKeys", (c, out) -> { for (String s : own) for (String t : tables(c, s)) print(out, c.getMetaData().getPrimaryKeys(null, s, t), 99); });
        metadata("getImportedKeys, getExportedKeys, getCrossReference", (c, out) -> {
            for (String s : own) for (String t : tables(c, s)) {
                print(out, c.getMetaData().getImportedKeys(null, s, t), 99);
                print(out, c.getMetaData().getExportedKeys(null, s, t), 99);
            }
            print(out, c.getMetaData().getCrossReference(null, "crm", "customers", null, "sales", "orders"), 99);
        });
        metadata("getIndexInfo", (c, out) -> { for (String s : own) for (String t : tables(c, s)) print(out, c.getMetaData().getIndexInfo(null, s, t, false, true), 99, "CARDINALITY", "PAGES"); });
        metadata("getBestRowIdentifier, getVersionColumns", (c, out) -> {
            print(out, c.getMetaData().getBestRowIdentifier(null, "sales", "orders", DatabaseMetaData.bestRowSession, false), 99);
            print(out, c.getMetaData().getVersionColumns(null, "sales", "orders"), 99);
        });
        metadata("getTablePrivileges, getColumnPrivileges", (c, out) -> {
            print(out, c.getMetaData().getTablePrivileges(null, "sales", "%"), 99, "GRANTOR", "IS_GRANTABLE"); // the steward is the owner here
            print(out, c.getMetaData().getColumnPrivileges(null, "sales", "orders", "%"), 99, "GRANTOR");
        });
        metadata("getTypeInfo", (c, out) -> {
            try (ResultSet r = c.getMetaData().getTypeInfo()) {
                Set<String> lines = new TreeSet<>();
                while (r.next()) if (List.of("int4", "text", "numeric", "timestamptz", "bool", "_int4", "uuid", "jsonb", "bytea", "interval").contains(r.getString(1))) {
                    StringBuilder b = new StringBuilder();
                    for (int i = 1; i <= 18; i++) b.append(r.getString(i)).append(" | ");
                    lines.add(b.toString());
                }
                lines.forEach(out::println);
            }
        });
        metadata("getFunctions, getFunctionColumns", (c, out) -> {
            print(out, c.getMetaData().getFunctions(null, "pg_catalog", "generate_series"), 99, "SPECIFIC_NAME");
            print(out, c.getMetaData().getFunctionColumns(null, "pg_catalog", "lpad", "%"), 99, "SPECIFIC_NAME");
            print(out, c.getMetaData().getProcedures(null, "sales", "%"), 99);
            print(out, c.getMetaData().getProcedureColumns(null, "sales", "%", "%"), 99);
        });
        metadata("getUDTs, getSuperTypes and the like", (c, out) -> {
            print(out, c.getMetaData().getUDTs(null, "sales", "%", null), 99);
            print(out, c.getMetaData().getClientInfoProperties(), 99);
        });
        metadata("what takes no arguments", (c, out) -> {
            Set<String> not = Set.of("getConnection", "getURL", "getUserName", "getDatabaseProductVersion", "getDatabaseMajorVersion", "getDatabaseMinorVersion", "getSchemas", "getCatalogs", "getTableTypes", "getTypeInfo",
                "getClientInfoProperties", "isReadOnly", "hashCode", "toString", "getClass", "notify", "notifyAll", "wait");
            Method[] all = DatabaseMetaData.class.getMethods();
            Arrays.sort(all, Comparator.comparing(Method::getName));
            for (Method m : all) {
                if (m.getParameterCount() > 0 || not.contains(m.getName())) continue;
                Object v;
                try { v = m.invoke(c.getMetaData()); } catch (ReflectiveOperationException e) { v = e.getCause(); }
                if (m.getName().endsWith("Functions")) v = v.toString().length() > 0;
                out.println(m.getName() + " " + v);
            }
        });
        checks.put("values by every way of asking", (c, out) -> {
            String everything = "SELECT 1::int2 a, 2::int4 b, 3::int8 c, 1.5::float4 d, 2.5::float8 e, 12.340::numeric f, true g, 'text'::text h, 'v'::varchar(5) i, 'c'::char(3) j, date '2024-02-29' k, time '23:59' l,"
                + " timestamp '2024-02-29 12:00:00.123456' m, timestamptz '2024-02-29 12:00+02' n, interval '1 day 2 hours' o, '\\xdeadbeef'::bytea p, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid q, '{\"a\": 1}'::jsonb s, '{1,2,NULL}'::int[] t, '{a,\"b c\"}'::text[] u, NULL::int v";
            for (boolean binary : new boolean[] {false, true})
                try (Connection d = connect("prepareThreshold", binary ? "-1" : "5"); PreparedStatement s = d.prepareStatement(everything); ResultSet r = s.executeQuery()) {
                    ResultSetMetaData m = r.getMetaData();
                    r.next();
                    for (int i = 1; i <= m.getColumnCount(); i++) {
                        Object v = r.getObject(i);
                        if (v instanceof byte[]) v = Arrays.toString((byte[]) v);
                        if (v instanceof java.sql.Array) v = Arrays.toString((Object[]) ((java.sql.Array) v).getArray());
                        out.println(m.getColumnLabel(i) + " " + m.getColumnTypeName(i) + " " + m.getColumnType(i) + " " + m.getPrecision(i) + " " + m.getScale(i) + " " + m.getColumnDisplaySize(i) + " " + m.isSigned(i) + " " + m.getColumnClassName(i) + " " + v + " " + (m.getColumnTypeName(i).equals("bytea") ? "" : r.getString(i)));
                    }
                }
        });
        checks.put("ResultSetMetaData of a table", (c, out) -> {
            try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT *, amount * 2 AS twice FROM sales.orders LIMIT 1")) {
                ResultSetMetaData m = r.getMetaData();
                for (int i = 1; i <= m.getColumnCount(); i++)
                    out.println(m.getColumnName(i) + " " + m.getColumnTypeName(i) + " " + m.getPrecision(i) + " " + m.getScale(i) + " " + m.getTableName(i) + " " + m.getSchemaName(i) + " " + m.isNullable(i) + " " + m.isAutoIncrement(i));
            }
        });
        checks.put("a statement the server prepares after five executions, then binary", (c, out) -> {
            try (PreparedStatement s = c.prepareStatement("SELECT order_id, amount, ordered_at, quantity, region FROM sales.orders WHERE order_id = ? AND quantity > ?")) {
                for (int i = 1; i <= 9; i++) {
                    s.setLong(1, i);
                    s.setInt(2, 0);
                    try (ResultSet r = s.executeQuery()) { if (r.next()) out.println(r.getLong(1) + " " + r.getBigDecimal(2) + " " + r.getTimestamp(3).toInstant() + " " + r.getInt(4) + " " + r.getString(5)); }
                }
                out.println(((org.postgresql.PGStatement) s).isUseServerPrepare());
                ParameterMetaData p = s.getParameterMetaData();
                for (int i = 1; i <= p.getParameterCount(); i++) out.println(p.getParameterTypeName(i) + " " + p.getParameterClassName(i));
            }
        });
        checks.put("parameters of many types", (c, out) -> {
            try (PreparedStatement s = c.prepareStatement("SELECT ?::int, ?::text, ?::numeric, ?::date, ?::timestamptz, ?::bool, ?::bytea, ?::uuid, ?::int[], ?::jsonb, ?::float8, ?::time")) {
                for (int round = 0; round < 7; round++) {
                    s.setInt(1, 1); s.setString(2, "x"); s.setBigDecimal(3, new BigDecimal("1.50")); s.setDate(4, java.sql.Date.valueOf("2024-02-29"));
                    s.setObject(5, java.time.OffsetDateTime.parse("2024-02-29T12:00:00Z")); s.setBoolean(6, true); s.setBytes(7, new byte[] {0, -1});
                    s.setObject(8, UUID.fromString("6f9619ff-8b86-d011-b42d-00cf4fc964ff")); s.setArray(9, c.createArrayOf("int4", new Object[] {1, null, 3}));
                    s.setString(10, "{\"a\": 1}"); s.setDouble(11, 2.5); s.setObject(12, java.time.LocalTime.of(1, 2, 3));
                    try (ResultSet r = s.executeQuery()) { print(out, r, 9); }
                }
                s.setNull(1, Types.INTEGER);
                try (ResultSet r = s.executeQuery()) { print(out, r, 9); }
            }
            try (PreparedStatement s = c.prepareStatement("SELECT count(*) FROM sales.orders WHERE order_id = ANY (?) AND ordered_at < ?")) {
                s.setArray(1, c.createArrayOf("bigint", new Object[] {1L, 2L, 3L}));
                s.setTimestamp(2, Timestamp.valueOf("2030-01-01 00:00:00"));
                print(out, s.executeQuery(), 9);
            }
        });
        checks.put("fetch size: portals in portions", (c, out) -> {
            c.setAutoCommit(false);
            try (Statement s = c.createStatement(); Statement other = c.createStatement()) {
                s.setFetchSize(37);
                long sum = 0, n = 0;
                try (ResultSet r = s.executeQuery("SELECT order_id FROM sales.orders ORDER BY 1")) {
                    while (r.next()) {
                        sum += r.getLong(1);
                        if (++n == 100) try (ResultSet between = other.executeQuery("SELECT 1")) { between.next(); }
                    }
                }
                out.println(n + " " + sum);
                s.setMaxRows(5);
                print(out, s.executeQuery("SELECT order_id FROM sales.orders ORDER BY 1"), 99);
            }
            try (PreparedStatement s = c.prepareStatement("SELECT order_id, amount FROM sales.orders WHERE quantity > ? ORDER BY 1")) {
                s.setFetchSize(10);
                for (int i = 0; i < 7; i++) { s.setInt(1, i % 2); try (ResultSet r = s.executeQuery()) { int n = 0; while (r.next()) n++; out.println(n); } }
            }
            c.commit();
        });
        checks.put("scrolling results", (c, out) -> {
            try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY); ResultSet r = s.executeQuery("SELECT code FROM market.countries ORDER BY 1")) {
                r.last(); out.println(r.getRow() + r.getString(1)); r.absolute(2); out.println(r.getString(1)); r.relative(-1); out.println(r.getString(1)); r.afterLast(); out.println(r.previous());
            }
        });
        checks.put("updatable results are refused politely", (c, out) -> {
            try (Statement s = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE); ResultSet r = s.executeQuery("SELECT * FROM market.countries ORDER BY 1")) {
                r.next(); r.updateString("name", "x");
                try { r.updateRow(); out.println("updated"); } catch (SQLException e) { out.println("refused " + e.getSQLState()); }
            }
        });
        checks.put("getGeneratedKeys is refused politely", (c, out) -> {
            for (String sql : new String[] {"INSERT INTO market.countries (code, name) VALUES ('XX', 'x')"})
                try (PreparedStatement s = c.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) { s.executeUpdate(); out.println("inserted"); } catch (SQLException e) { out.println(e.getSQLState()); }
            try (Statement s = c.createStatement()) { print(out, s.executeQuery("SELECT 1 AS after"), 9); }
        });
        checks.put("batches", (c, out) -> {
            try (Statement s = c.createStatement()) {
                s.addBatch("SET search_path TO sales"); s.addBatch("SET application_name TO 'batch'");
                out.println(Arrays.toString(s.executeBatch()));
                s.addBatch("SELECT 1");
                try { s.executeBatch(); } catch (BatchUpdateException e) { out.println(e.getSQLState()); }
            }
            try (PreparedStatement s = c.prepareStatement("INSERT INTO market.countries (code) VALUES (?)")) {
                for (int i = 0; i < 3; i++) { s.setString(1, "X" + i); s.addBatch(); }
                try { s.executeBatch(); } catch (BatchUpdateException e) { out.println(e.getSQLState()); }
            }
        });
        checks.put("several results of one statement", (c, out) -> {
            try (Statement s = c.createStatement()) {
                boolean more = s.execute("SELECT 1 AS a; SET search_path TO sales; SELECT 2 AS b");
                while (true) {
                    if (more) print(out, s.getResultSet(), 9);
                    else { if (s.getUpdateCount() == -1) break; out.println("update " + s.getUpdateCount()); }
                    more = s.getMoreResults();
                }
            }
        });
        checks.put("transactions, savepoints, autosave", (c, out) -> {
            c.setAutoCommit(false);
            Savepoint p = c.setSavepoint("p");
            try (Statement s = c.createStatement()) {
                try { s.execute("SELECT 1/0"); } catch (SQLException e) { out.println(e.getSQLState() + " " + e.getMessage()); }
                try { s.execute("SELECT 1"); } catch (SQLException e) { out.println(e.getSQLState()); }
                c.rollback(p);
                print(out, s.executeQuery("SELECT 2 AS after"), 9);
                c.releaseSavepoint(p);
                c.commit();
            }
            for (String mode : new String[] {"always", "conservative"})
                try (Connection d = connect("autosave", mode)) {
                    d.setAutoCommit(false);
                    try (Statement s = d.createStatement()) {
                        s.executeQuery("SELECT 1").close();
                        try { s.execute("SELECT nothing"); } catch (SQLException e) { out.println(e.getSQLState()); }
                        try { print(out, s.executeQuery("SELECT 3 AS after"), 9); } catch (SQLException e) { out.println(e.getSQLState()); }
                    }
                }
            c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            c.setReadOnly(true);
            try (Statement s = c.createStatement()) { print(out, s.executeQuery("SHOW transaction_isolation"), 9); }
            c.rollback();
        });
        checks.put("errors and warnings", (c, out) -> {
            try (Statement s = c.createStatement()) {
                for (String q : new String[] {"SELECT nothing FROM sales.orders", "SELECT * FROM no.such", "SELEC", "SELECT 'x'::int"})
                    try { s.execute(q); } catch (org.postgresql.util.PSQLException e) { out.println(e.getSQLState() + " " + e.getServerErrorMessage().getMessage() + " " + e.getServerErrorMessage().getPosition()); }
                s.execute("ROLLBACK");
                out.println(s.getWarnings() == null ? "none" : s.getWarnings().getMessage());
            }
        });
        checks.put("cancel and timeouts", (c, out) -> {
            try (Statement s = c.createStatement()) {
                Thread t = new Thread(() -> { try { Thread.sleep(700); s.cancel(); } catch (Exception e) { out.println(e); } });
                t.start();
                try { s.execute("SELECT count(*) FROM generate_series(1, 100000000000) a"); } catch (SQLException e) { out.println(e.getSQLState()); }
                t.join();
            }
            try (Statement s = c.createStatement()) {
                s.setQueryTimeout(1);
                try { s.execute("SELECT count(*) FROM generate_series(1, 100000000000) a"); } catch (SQLException e) { out.println(e.getSQLState()); }
            }
            try (Statement s = c.createStatement()) { print(out, s.executeQuery("SELECT 4 AS after"), 9); }
            out.println(c.isValid(5));
        });
        checks.put("COPY", (c, out) -> {
            CopyManager copy = c.unwrap(PGConnection.class).getCopyAPI();
            StringWriter text = new StringWriter();
            out.println(copy.copyOut("COPY (SELECT * FROM market.countries ORDER BY 1) TO STDOUT CSV HEADER", text));
            out.println(text);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            out.println(copy.copyOut("COPY sales.orders (order_id, amount) TO STDOUT BINARY", bytes) + " " + bytes.size());
        });
        checks.put("DECLARE and refcursors", (c, out) -> {
            c.setAutoCommit(false);
            try (Statement s = c.createStatement()) {
                s.execute("DECLARE cur CURSOR FOR SELECT code FROM market.countries ORDER BY 1");
                print(out, s.executeQuery("FETCH 2 FROM cur"), 9);
                s.execute("CLOSE cur");
            }
            c.commit();
        });
        for (String mode : new String[] {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
            checks.put("preferQueryMode " + mode, (c, out) -> {
                try (Connection d = connect("preferQueryMode", mode); PreparedStatement s = d.prepareStatement("SELECT count(*) FROM sales.orders WHERE region = ? AND amount > ?")) {
                    for (int i = 0; i < 7; i++) { s.setString(1, "EU"); s.setBigDecimal(2, BigDecimal.valueOf(i)); print(out, s.executeQuery(), 9); }
                }
            });
        checks.put("settings of a connection", (c, out) -> {
            try (Connection d = connect("ApplicationName", "check", "currentSchema", "market", "options", "-c statement_timeout=60000", "readOnly", "true"); Statement s = d.createStatement()) {
                print(out, s.executeQuery("SELECT count(*) FROM countries"), 9);
                print(out, s.executeQuery("SHOW application_name"), 9);
                print(out, s.executeQuery("SHOW statement_timeout"), 9);
                d.setSchema("sales");
                out.println(d.getSchema());
            }
        });
        checks.put("escapes of JDBC", (c, out) -> {
            try (Statement s = c.createStatement()) {
                print(out, s.executeQuery("SELECT {fn ucase('a')}, {d '2024-02-29'}, {ts '2024-02-29 12:00:00'}, {fn concat('a', 'b')}, {fn month({d '2024-02-29'})}, {fn timestampadd(SQL_TSI_DAY, 1, {ts '2024-02-29 12:00:00'})}, {fn locate('b', 'abc')}"), 9);
                print(out, s.executeQuery("SELECT o.order_id FROM {oj sales.orders o LEFT OUTER JOIN crm.customers c ON c.customer_id = o.customer_id} ORDER BY 1 LIMIT 2"), 9);
            }
        });
    }

    static List<String> tables(Connection c, String schema) throws SQLException {
        List<String> all = new ArrayList<>();
        try (ResultSet r = c.getMetaData().getTables(null, schema, "%", new String[] {"TABLE"})) { while (r.next()) all.add(r.getString("TABLE_NAME")); }
        return all;
    }

    public static void main(String[] args) throws Exception {
        System.out.println("version " + org.postgresql.util.DriverInfo.DRIVER_VERSION);
        for (Map.Entry<String, Body> e : checks.entrySet()) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            try (Connection c = connect(); PrintStream out = new PrintStream(text, true, "UTF-8")) {
                e.getValue().run(c, out);
                System.out.println("# " + e.getKey() + "\n" + text.toString("UTF-8"));
            } catch (Exception x) {
                System.out.println("not ok " + e.getKey() + ": " + String.valueOf(x.getMessage()).replace('\n', ' ') + " at " + Arrays.stream(x.getStackTrace()).filter(f -> f.getFileName() != null && f.getFileName().startsWith("Check")).findFirst().orElse(null));
            }
        }
    }
}
