package main

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A registry of npm for measurements. It takes what `npm publish` sends, digests each tarball and compares the digest with
// that of its manifest, keeps the documents and none of the bytes.
//
//	PUT /npm/200/NAME   a publish, answered after 200 ms; GET tells the document, at once
type npmPackage struct {
	Name     string                     `json:"name"`
	Tags     map[string]string          `json:"dist-tags"`
	Versions map[string]json.RawMessage `json:"versions"`
}

type npmPublish struct {
	npmPackage
	Attachments map[string]struct {
		Data []byte `json:"data"`
	} `json:"_attachments"`
}

type npmVersion struct {
	Dist struct {
		Integrity string `json:"integrity"`
	} `json:"dist"`
}

const npmBodyBytesMax = 64 << 20

func (s *sink) npm(writer http.ResponseWriter, request *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(request.URL.EscapedPath(), "/npm/"), "/", 2)
	if len(parts) != 2 {
		http.NotFound(writer, request)
		return
	}
	delay, _ := strconv.Atoi(parts[0])
	name, err := url.PathUnescape(parts[1])
	if err != nil {
		http.NotFound(writer, request)
		return
	}
	writer.Header().Set("content-type", "application/json")
	switch {
	case name == "-/ping":
		io.WriteString(writer, "{}")
	case name == "-/whoami":
		io.WriteString(writer, `{"username":"bench"}`)
	case strings.HasPrefix(name, "-/"):
		writer.WriteHeader(http.StatusNotFound)
		io.WriteString(writer, `{"error":"not found"}`)
	case request.Method == http.MethodPut:
		s.npmPut(writer, request, time.Duration(delay)*time.Millisecond)
	default:
		s.npmGet(writer, name)
	}
}

func (s *sink) npmGet(writer http.ResponseWriter, name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.stats.Reads++
	found, known := s.npmPackages[name]
	if !known {
		writer.WriteHeader(http.StatusNotFound)
		io.WriteString(writer, `{"error":"Not found"}`)
		return
	}
	json.NewEncoder(writer).Encode(found)
}

func (s *sink) npmPut(writer http.ResponseWriter, request *http.Request, delay time.Duration) {
	s.enter()
	defer s.leave()
	body, err := io.ReadAll(io.LimitReader(request.Body, npmBodyBytesMax))
	var sent npmPublish
	if err == nil {
		err = json.Unmarshal(body, &sent)
	}
	if err == nil {
		err = npmCheck(sent)
	}
	if err != nil {
		s.refuse(writer, err)
		return
	}
	time.Sleep(delay)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	there := s.npmPackages[sent.Name]
	if there == nil {
		there = &npmPackage{Name: sent.Name, Tags: map[string]string{}, Versions: map[string]json.RawMessage{}}
		s.npmPackages[sent.Name] = there
	}
	for version, manifest := range sent.Versions {
		if there.Versions[version] != nil {
			s.stats.Refused++
			writer.WriteHeader(http.StatusForbidden)
			io.WriteString(writer, `{"error":"You cannot publish over the previously published versions"}`)
			return
		}
		there.Versions[version] = manifest
	}
	for tag, version := range sent.Tags {
		there.Tags[tag] = version
	}
	s.stats.Uploads++
	s.stats.Bytes += int64(len(body))
	writer.WriteHeader(http.StatusCreated)
	io.WriteString(writer, `{"success":true}`)
}

// One version with one tarball, whose bytes are those that its manifest names.
func npmCheck(sent npmPublish) error {
	if len(sent.Versions) != 1 || len(sent.Attachments) != 1 {
		return fmt.Errorf("%d versions and %d tarballs", len(sent.Versions), len(sent.Attachments))
	}
	for _, manifest := range sent.Versions {
		var version npmVersion
		if err := json.Unmarshal(manifest, &version); err != nil {
			return err
		}
		for name, attachment := range sent.Attachments {
			digest := sha512.Sum512(attachment.Data)
			if found := "sha512-" + base64.StdEncoding.EncodeToString(digest[:]); found != version.Dist.Integrity {
				return fmt.Errorf("%s has %s, and its manifest says %s", name, found, version.Dist.Integrity)
			}
		}
	}
	return nil
}
