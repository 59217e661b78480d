//go:build tools

// The programs that tests run, so that their versions stand in go.mod.
package tools

import _ "github.com/google/go-containerregistry/cmd/crane"
