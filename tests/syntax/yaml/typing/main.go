// Says how the libraries behind kubectl and docker compose type YAML: reads JSON strings, one a line, and writes for each
// {"text", "kubernetes", "compose"}, the answers as [type, value], or ["error"].
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	v3 "go.yaml.in/yaml/v3"
	kubernetes "sigs.k8s.io/yaml"
)

func describe(value any) []string {
	switch v := value.(type) {
	case nil:
		return []string{"null"}
	case bool:
		return []string{"bool", strconv.FormatBool(v)}
	case int, int64, uint64:
		return []string{"int", fmt.Sprint(v)}
	case float64:
		return []string{"float", strconv.FormatFloat(v, 'g', -1, 64)}
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64()
			return describe(f)
		}
		return []string{"int", v.String()}
	case string:
		return []string{"str", v}
	case time.Time:
		return []string{"time"}
	}
	return []string{"other"}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			panic(err)
		}
		answers := map[string]any{"text": text, "kubernetes": []string{"error"}, "compose": []string{"error"}}
		if data, err := kubernetes.YAMLToJSON([]byte(text)); err == nil {
			decoder := json.NewDecoder(strings.NewReader(string(data)))
			decoder.UseNumber()
			var value any
			if err := decoder.Decode(&value); err != nil {
				panic(err)
			}
			answers["kubernetes"] = describe(value)
		}
		var value any
		if err := v3.Unmarshal([]byte(text), &value); err == nil {
			answers["compose"] = describe(value)
		}
		line, _ := json.Marshal(answers)
		fmt.Println(string(line))
	}
}
