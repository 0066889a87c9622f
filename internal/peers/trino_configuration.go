package peers

import (
	"fmt"
	"os"
	"path/filepath"
)

// trinoHeap is Trino's heap. Its documentation gives a machine of its own 70 to 85 % of
// the memory; here it shares one with the stores, and no query of scale 1 comes near.
const trinoHeap = "6G"

// configureTrino writes a server's configuration: one node, static catalogs.
func configureTrino(directory string, port int, stores Stores) error {
	pg, my := stores.Trade, stores.Parties
	files := map[string]string{
		"etc/node.properties":   "node.environment=bench\nnode.id=bench\nnode.internal-address=127.0.0.1\nnode.bind-ip=127.0.0.1\nnode.data-dir=" + filepath.Join(directory, "data") + "\n",
		"etc/config.properties": fmt.Sprintf("coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port=%d\ndiscovery.uri=http://127.0.0.1:%[1]d\n", port),
		"etc/log.properties":    "io.trino=WARN\n",
		// The documentation's own list.
		"etc/jvm.config": "-server\n-Xmx" + trinoHeap + `
-XX:InitialRAMPercentage=10
-XX:G1HeapRegionSize=32M
-XX:+ExplicitGCInvokesConcurrent
-XX:+ExitOnOutOfMemoryError
-XX:-OmitStackTraceInFastThrow
-XX:ReservedCodeCacheSize=512M
-XX:PerMethodRecompilationCutoff=10000
-XX:PerBytecodeRecompilationCutoff=10000
-Djdk.attach.allowAttachSelf=true
-Djdk.nio.maxCachedBufferSize=2000000
-Dfile.encoding=UTF-8
-XX:+EnableDynamicAgentLoading
`,
		"etc/catalog/trade.properties": fmt.Sprintf("connector.name=postgresql\nconnection-url=jdbc:postgresql://%s:%d/%s\nconnection-user=%s\nconnection-password=%s\nmetadata.cache-ttl=10m\n",
			pg.Host, pg.Port, pg.Database, pg.User, pg.Password),
		"etc/catalog/parties.properties": fmt.Sprintf("connector.name=mariadb\nconnection-url=jdbc:mariadb://%s:%d\nconnection-user=%s\nconnection-password=%s\nmetadata.cache-ttl=10m\n",
			my.Host, my.Port, my.User, my.Password),
		"etc/catalog/parts.properties": "connector.name=hive\nhive.metastore=file\nhive.metastore.catalog.dir=local:///metastore\nfs.native-local.enabled=true\nlocal.location=" +
			filepath.Join(directory, "lake") + "\n",
		"etc/catalog/names.properties": "connector.name=memory\n",
	}
	for name, text := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return linkLake(filepath.Join(directory, "lake"), stores)
}

// linkLake gives each Parquet table a directory of its own, which Hive wants.
func linkLake(to string, stores Stores) error {
	if err := os.MkdirAll(to, 0o755); err != nil { // wanted without tables, too
		return err
	}
	for _, name := range stores.Tables["parts"] {
		if err := os.MkdirAll(filepath.Join(to, name), 0o755); err != nil {
			return err
		}
		file := name + ".parquet"
		if err := os.Link(filepath.Join(stores.Lake, file), filepath.Join(to, name, file)); err != nil {
			return err
		}
	}
	return nil
}
