package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A registry of crates for measurements: a sparse index, a web API that takes uploads, and the files, all in memory. A crate
// is in the index when its upload is answered.
//
//	GET /crates/index/config.json, /crates/index/be/nc/NAME; PUT /crates/api/v1/crates/new; GET /crates/files/NAME/VERSION/download
type crateDependency struct {
	Name            string   `json:"name"`
	Req             string   `json:"req"`
	Features        []string `json:"features"`
	Optional        bool     `json:"optional"`
	DefaultFeatures bool     `json:"default_features"`
	Target          *string  `json:"target"`
	Kind            string   `json:"kind"`
	Registry        *string  `json:"registry"`
	Package         *string  `json:"package,omitempty"`
}

type crateLine struct {
	Name     string              `json:"name"`
	Version  string              `json:"vers"`
	Deps     []crateDependency   `json:"deps"`
	Checksum string              `json:"cksum"`
	Features map[string][]string `json:"features"`
	Yanked   bool                `json:"yanked"`
}

// What cargo sends of a dependency has two names that differ from those in the index.
type sentDependency struct {
	crateDependency
	VersionReq string  `json:"version_req"`
	Explicit   *string `json:"explicit_name_in_toml"`
}

type sentCrate struct {
	Name     string              `json:"name"`
	Version  string              `json:"vers"`
	Deps     []sentDependency    `json:"deps"`
	Features map[string][]string `json:"features"`
}

const (
	crateJSONBytesMax = 1 << 20
	crateFileBytesMax = 32 << 20
)

func (s *sink) crates(writer http.ResponseWriter, request *http.Request) {
	path := strings.TrimPrefix(request.URL.Path, "/crates")
	switch {
	case path == "/index/config.json":
		root := "http://" + request.Host + "/crates"
		json.NewEncoder(writer).Encode(map[string]string{"dl": root + "/files", "api": root})
	case strings.HasPrefix(path, "/index/"):
		s.crateLines(writer, request, path[strings.LastIndex(path, "/")+1:])
	case strings.HasPrefix(path, "/files/"):
		s.crateFile(writer, request, strings.TrimSuffix(strings.TrimPrefix(path, "/files/"), "/download"))
	case path == "/api/v1/crates/new" && request.Method == http.MethodPut:
		s.cratePut(writer, request)
	default:
		http.NotFound(writer, request)
	}
}

func (s *sink) crateLines(writer http.ResponseWriter, request *http.Request, name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.stats.Reads++
	lines, known := s.crateIndex[name]
	if !known {
		http.NotFound(writer, request)
		return
	}
	for _, line := range lines {
		json.NewEncoder(writer).Encode(line)
	}
}

func (s *sink) crateFile(writer http.ResponseWriter, request *http.Request, key string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	file, known := s.crateFiles[key]
	if !known {
		http.NotFound(writer, request)
		return
	}
	writer.Write(file)
}

func (s *sink) cratePut(writer http.ResponseWriter, request *http.Request) {
	s.enter()
	defer s.leave()
	text, err := lengthPrefixed(request.Body, crateJSONBytesMax)
	var file []byte
	if err == nil {
		file, err = lengthPrefixed(request.Body, crateFileBytesMax)
	}
	var sent sentCrate
	if err == nil {
		err = json.Unmarshal(text, &sent)
	}
	if err != nil {
		s.refuse(writer, err)
		return
	}
	digest := sha256.Sum256(file)
	line := crateLine{sent.Name, sent.Version, []crateDependency{}, hex.EncodeToString(digest[:]), sent.Features, false}
	for _, dependency := range sent.Deps {
		one := dependency.crateDependency
		one.Req = dependency.VersionReq
		if dependency.Explicit != nil {
			real := one.Name
			one.Package, one.Name = &real, *dependency.Explicit
		}
		line.Deps = append(line.Deps, one)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.crateIndex[sent.Name] = append(s.crateIndex[sent.Name], line)
	s.crateFiles[sent.Name+"/"+sent.Version] = file
	s.stats.Uploads++
	s.stats.Bytes += int64(len(file))
	io.WriteString(writer, `{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}`)
}

func lengthPrefixed(body io.Reader, most uint32) ([]byte, error) {
	var length uint32
	if err := binary.Read(body, binary.LittleEndian, &length); err != nil {
		return nil, err
	}
	if length > most {
		return nil, fmt.Errorf("%d bytes, and %d are the most", length, most)
	}
	part := make([]byte, length)
	_, err := io.ReadFull(body, part)
	return part, err
}
