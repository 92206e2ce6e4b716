// Writes each line of JSON that it reads as KYAML, and gives {"data", "kyaml"}, a line each.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"

	"sigs.k8s.io/yaml/kyaml"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for lines.Scan() {
		var printed bytes.Buffer
		var encoder kyaml.Encoder
		if err := encoder.FromYAML(bytes.NewReader(lines.Bytes()), &printed); err != nil {
			panic(err)
		}
		answer := map[string]any{"data": json.RawMessage(lines.Bytes()), "kyaml": printed.String()}
		if err := answers.Encode(answer); err != nil {
			panic(err)
		}
	}
}
