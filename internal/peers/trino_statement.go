package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// trinoPage is one answer of Trino's client protocol: a part of the rows, and where the
// next lies (Trino documentation, "Trino client REST API").
type trinoPage struct {
	NextURI string  `json:"nextUri"`
	Data    [][]any `json:"data"`
	Error   *struct {
		Message   string `json:"message"`
		ErrorName string `json:"errorName"`
	} `json:"error"`
}

func (t *trino) Ask(ctx context.Context, sql string, limit time.Duration) (Answer, error) {
	page, err := t.page(ctx, http.MethodPost, t.url+"/v1/statement", sql, limit)
	var all Answer
	for {
		if err != nil {
			return nil, err
		}
		if page.Error != nil {
			if page.Error.ErrorName == "EXCEEDED_TIME_LIMIT" {
				return nil, ErrTimeLimit
			}
			return nil, fmt.Errorf("%s: %s", page.Error.ErrorName, page.Error.Message)
		}
		for _, values := range page.Data {
			all = append(all, textRow(values))
		}
		if page.NextURI == "" {
			return all, nil
		}
		page, err = t.page(ctx, http.MethodGet, page.NextURI, "", limit)
	}
}

func (t *trino) page(ctx context.Context, method, url, body string, limit time.Duration) (*trinoPage, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"User": "bench", "Catalog": "names", "Schema": "default", "Time-Zone": "UTC",
		"Session": fmt.Sprintf("query_max_run_time=%ds", int(limit.Seconds())),
	} {
		request.Header.Set("X-Trino-"+name, value)
	}
	response, err := direct.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("Trino: %s", response.Status)
	}
	decoder := json.NewDecoder(response.Body)
	decoder.UseNumber()
	page := new(trinoPage)
	return page, decoder.Decode(page)
}

// direct asks no proxy: the server is on this machine.
var direct = &http.Client{Transport: &http.Transport{}}

// textRow writes what JSON held.
func textRow(values []any) []string {
	row := make([]string, len(values))
	for i, value := range values {
		row[i] = Null
		if value != nil {
			row[i] = fmt.Sprint(value)
		}
	}
	return row
}
