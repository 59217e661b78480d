// An index on loopback for measurements: it takes uploads of the form that PyPI takes, digests the content as it
// comes, compares it with the digest in the form, keeps none of it, and lists what it took in the simple API (JSON).
// It is written in Go so that the server is not what is measured. Beside it a registry of npm (npm.go) and one of crates
// (crates.go).
//
//	sink ADDRESS        prints the address when it listens
//	POST /legacy/       an upload; POST /legacy/200/ answers after 200 ms
//	GET  /simple/NAME/  the files of a project
//	POST /reset         forgets everything; GET /stats tells it
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

type file struct {
	Filename string            `json:"filename"`
	URL      string            `json:"url"`
	Hashes   map[string]string `json:"hashes"`
	Size     int64             `json:"size"`
}

type stats struct {
	Uploads     int   `json:"uploads"`
	Refused     int   `json:"refused"`
	Reads       int   `json:"reads"`
	Bytes       int64 `json:"bytes"`
	MaxInFlight int   `json:"maxInFlight"`
}

type sink struct {
	mutex       sync.Mutex
	projects    map[string]map[string]file
	npmPackages map[string]*npmPackage
	crateIndex  map[string][]crateLine
	crateFiles  map[string][]byte
	stats       stats
	inFlight    int
}

func (s *sink) forget() {
	s.projects = map[string]map[string]file{}
	s.npmPackages = map[string]*npmPackage{}
	s.crateIndex = map[string][]crateLine{}
	s.crateFiles = map[string][]byte{}
	s.stats = stats{}
}

func (s *sink) refuse(writer http.ResponseWriter, why error) {
	s.mutex.Lock()
	s.stats.Refused++
	s.mutex.Unlock()
	http.Error(writer, fmt.Sprintf("refused: %v", why), http.StatusBadRequest)
}

var separators = regexp.MustCompile(`[-_.]+`)

func normal(name string) string {
	return separators.ReplaceAllString(strings.ToLower(name), "-")
}

func (s *sink) enter() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.inFlight++
	s.stats.MaxInFlight = max(s.stats.MaxInFlight, s.inFlight)
}

func (s *sink) leave() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.inFlight--
}

// The parts of a form in whatever order they come; the content is digested and dropped.
func read(request *http.Request) (map[string]string, file, error) {
	form := map[string]string{}
	var content file
	parts, err := request.MultipartReader()
	if err != nil {
		return nil, content, err
	}
	buffer := make([]byte, 256*1024)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, content, nil
		}
		if err != nil {
			return nil, content, err
		}
		if part.FormName() == "content" {
			digest := sha256.New()
			size, err := io.CopyBuffer(struct{ io.Writer }{digest}, struct{ io.Reader }{part}, buffer)
			if err != nil {
				return nil, content, err
			}
			content = file{Filename: part.FileName(), Size: size, Hashes: map[string]string{"sha256": hex.EncodeToString(digest.Sum(nil))}}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, 8<<20))
		if err != nil {
			return nil, content, err
		}
		form[part.FormName()] = string(value)
	}
}

func (s *sink) upload(writer http.ResponseWriter, request *http.Request) {
	s.enter()
	defer s.leave()
	form, content, err := read(request)
	if err != nil || content.Filename == "" || (form["sha256_digest"] != "" && form["sha256_digest"] != content.Hashes["sha256"]) {
		s.refuse(writer, err)
		return
	}
	if delay, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(request.URL.Path, "/legacy/"), "/")); err == nil {
		time.Sleep(time.Duration(delay) * time.Millisecond)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	name := normal(form["name"])
	if s.projects[name] == nil {
		s.projects[name] = map[string]file{}
	}
	content.URL = "/files/" + content.Filename
	s.projects[name][content.Filename] = content
	s.stats.Uploads++
	s.stats.Bytes += content.Size
	writer.WriteHeader(http.StatusOK)
}

func (s *sink) simple(writer http.ResponseWriter, request *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.stats.Reads++
	name := strings.Trim(strings.TrimPrefix(request.URL.Path, "/simple/"), "/")
	project, found := s.projects[normal(name)]
	if !found {
		http.NotFound(writer, request)
		return
	}
	files := make([]file, 0, len(project))
	for _, one := range project {
		files = append(files, one)
	}
	sort.Slice(files, func(a, b int) bool { return files[a].Filename < files[b].Filename })
	writer.Header().Set("content-type", "application/vnd.pypi.simple.v1+json")
	json.NewEncoder(writer).Encode(map[string]any{"meta": map[string]string{"api-version": "1.1"}, "name": name, "versions": []string{"1.0.0"}, "files": files})
}

func (s *sink) reset(writer http.ResponseWriter, _ *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.forget()
}

func (s *sink) tell(writer http.ResponseWriter, _ *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	json.NewEncoder(writer).Encode(s.stats)
}

func main() {
	s := &sink{}
	s.forget()
	http.HandleFunc("POST /legacy/", s.upload)
	http.HandleFunc("GET /simple/", s.simple)
	http.HandleFunc("/npm/", s.npm)
	http.HandleFunc("/crates/", s.crates)
	http.HandleFunc("POST /reset", s.reset)
	http.HandleFunc("GET /stats", s.tell)
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("http://" + listener.Addr().String())
	if err := http.Serve(listener, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
