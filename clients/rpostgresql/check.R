# R by DBI: RPostgres where it is installed, else Debian's RPostgreSQL.
suppressPackageStartupMessages(library(DBI))
modern <- requireNamespace("RPostgres", quietly = TRUE)
package <- if (modern) "RPostgres" else "RPostgreSQL"
cat("version", package, as.character(packageVersion(package)), "\n")
driver <- if (modern) RPostgres::Postgres() else RPostgreSQL::PostgreSQL()
connect <- function() dbConnect(driver, dbname = "mesh", host = Sys.getenv("PGHOST"), port = as.integer(Sys.getenv("PGPORT")), user = Sys.getenv("PGUSER"), password = Sys.getenv("PGPASSWORD"))
options(digits = 15, width = 200, warn = 1)

compared <- function(name, body) {
  con <- connect()
  text <- tryCatch(capture.output(body(con)), error = function(e) e)
  if (inherits(text, "error")) cat("not ok ", name, ": ", gsub("\n", " ", conditionMessage(text)), "\n", sep = "")
  else cat("# ", name, "\n", paste(text, collapse = "\n"), "\n", sep = "")
  invisible(dbDisconnect(con))
}

compared("tables and fields", function(con) {
  own <- dbGetQuery(con, "SELECT schemaname || '.' || tablename AS t FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")
  print(own)
  print(sort(intersect(dbListTables(con), c("orders", "returns", "customers", "tickets", "shipments", "countries", "exchange_rates"))))
  print(dbExistsTable(con, c("sales", "orders")))
  print(dbExistsTable(con, c("sales", "no_such")))
  print(dbExistsTable(con, "orders"))
  print(dbListFields(con, if (modern) Id(schema = "sales", table = "orders") else c("sales", "orders")))
})
compared("a table as a data frame", function(con) {
  f <- dbReadTable(con, if (modern) Id(schema = "market", table = "countries") else c("market", "countries"))
  f <- f[order(f[[1]]), ]
  print(f, row.names = FALSE)
  print(sapply(f, class))
})
compared("values", function(con) {
  print(dbGetQuery(con, "SELECT 1::int2 a, 2::int4 b, 3::int8 c, 1.5::float4 d, 2.5::float8 e, 12.340::numeric f, true g, 'text'::text h, 'c'::char(3) j, date '2024-02-29' k, time '23:59' l, timestamp '2024-02-29 12:00:00.123' m, timestamptz '2024-02-29 12:00+02' n, interval '1 day 2 hours' o, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid q, NULL::int v"))
})
compared("fetch in portions", function(con) {
  r <- dbSendQuery(con, "SELECT order_id, amount, ordered_at FROM sales.orders ORDER BY 1")
  n <- 0
  repeat {
    part <- dbFetch(r, 100)
    if (nrow(part) == 0) break
    n <- n + sum(part$order_id)
  }
  print(n)
  print(dbColumnInfo(r)[, 1:2])
  dbClearResult(r)
})
compared("parameters", function(con) {
  if (modern) print(dbGetQuery(con, "SELECT order_id, amount FROM sales.orders WHERE region = $1 AND order_id < $2 ORDER BY 1 LIMIT 3", params = list("EU", 300L)))
  else print(dbGetQuery(con, "SELECT order_id, amount FROM sales.orders WHERE region = $1 AND order_id < $2 ORDER BY 1 LIMIT 3", list("EU", 300L)))
  print(dbQuoteIdentifier(con, "a b"))
  print(dbQuoteString(con, "o'clock"))
  print(dbGetQuery(con, sqlInterpolate(con, "SELECT ?x AS x", x = "it's")))
})
compared("transactions", function(con) {
  dbBegin(con)
  print(dbGetQuery(con, "SELECT 1 AS a"))
  dbRollback(con)
  print(dbGetQuery(con, "SELECT 2 AS a"))
})
compared("errors", function(con) {
  for (q in c("SELECT 1/0 AS a FROM sales.orders", "SELECT nothing FROM sales.orders", "SELEC"))
    cat(tryCatch({ f <- dbGetQuery(con, q); "none" }, error = function(e) "error", warning = function(w) "warning"), "\n")
  print(dbGetQuery(con, "SELECT 3 AS a"))
})
compared("aggregates as R has them", function(con) {
  f <- dbGetQuery(con, "SELECT region, amount FROM sales.orders")
  print(aggregate(amount ~ region, f, sum))
  print(dbGetQuery(con, "SELECT region, sum(amount) AS amount FROM sales.orders GROUP BY 1 ORDER BY 1"))
})
