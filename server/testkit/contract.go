package testkit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Vectors reads contract/vectors/<name>.json into value.
func Vectors(t testing.TB, name string, value any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(contract(t), "vectors", name+".json"))
	if err == nil {
		err = json.Unmarshal(raw, value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Schema compiles contract/schema/<name>.schema.json.
func Schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(contract(t), "schema", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Check validates Go or JSON against a schema of the contract.
func Check(t testing.TB, schema *jsonschema.Schema, value any) error {
	t.Helper()
	raw, ok := value.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = json.Marshal(value); err != nil {
			t.Fatal(err)
		}
	}
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		return err
	}
	return schema.Validate(parsed)
}

func contract(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "contract", "schema")); missing == nil {
			return filepath.Join(dir, "contract")
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("the folder contract is not above this package")
	return ""
}
