// A provider that has the schemas of hashicorp/kubernetes and does nothing: for Terraform to say whether a configuration
// keeps to them, offline. kubernetes.json has the schemas, as the prebuilt bindings of the package @cdktf/provider-kubernetes
// 12.1.1 tell them (the provider itself is in no package index).
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"log"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

//go:embed kubernetes.json
var described []byte

type description struct {
	Resources map[string]string            `json:"resources"`
	Types     map[string]map[string]string `json:"types"`
}

var plainTypes = map[string]tftypes.Type{
	"string":       tftypes.String,
	"number":       tftypes.Number,
	"bool":         tftypes.Bool,
	"list(string)": tftypes.List{ElementType: tftypes.String},
	"list(number)": tftypes.List{ElementType: tftypes.Number},
	"map(string)":  tftypes.Map{ElementType: tftypes.String},
	"dynamic":      tftypes.DynamicPseudoType,
}

// block gives the schema of a type: its arguments, and its blocks, of which one without * may stand once.
func (d description) block(name string) *tfprotov5.SchemaBlock {
	result := &tfprotov5.SchemaBlock{}
	words := make([]string, 0, len(d.Types[name]))
	for word := range d.Types[name] {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		text, required := strings.CutSuffix(d.Types[name][word], "!")
		if kind, ok := plainTypes[text]; ok {
			attribute := &tfprotov5.SchemaAttribute{Name: word, Type: kind, Required: required, Optional: !required}
			result.Attributes = append(result.Attributes, attribute)
			continue
		}
		inner, many := strings.CutSuffix(text, "*")
		nested := &tfprotov5.SchemaNestedBlock{
			TypeName: word, Block: d.block(inner), Nesting: tfprotov5.SchemaNestedBlockNestingModeList,
		}
		if required {
			nested.MinItems = 1
		}
		if !many {
			nested.MaxItems = 1
		}
		result.BlockTypes = append(result.BlockTypes, nested)
	}
	return result
}

// provider answers what validating and planning ask; whatever is planned is what was written.
type provider struct {
	tfprotov5.ProviderServer
	schemas map[string]*tfprotov5.Schema
}

func (p provider) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	result := &tfprotov5.GetMetadataResponse{}
	for name := range p.schemas {
		result.Resources = append(result.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	return result, nil
}

func (p provider) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		Provider:        &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{}},
		ResourceSchemas: p.schemas,
	}, nil
}

func (p provider) PrepareProviderConfig(_ context.Context, asked *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: asked.Config}, nil
}

func (p provider) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (p provider) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (p provider) PlanResourceChange(_ context.Context, asked *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: asked.ProposedNewState}, nil
}

func (p provider) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func main() {
	var told description
	if err := json.Unmarshal(described, &told); err != nil {
		log.Fatal(err)
	}
	own := provider{schemas: map[string]*tfprotov5.Schema{}}
	for name, kind := range told.Resources {
		own.schemas[name] = &tfprotov5.Schema{Block: told.block(kind)}
	}
	factory := func() tfprotov5.ProviderServer { return own }
	if err := tf5server.Serve("registry.terraform.io/hashicorp/kubernetes", factory); err != nil {
		log.Fatal(err)
	}
}
