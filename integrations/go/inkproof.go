// Package inkproof is a helper for Go's testing package: a server of `inkproof serve` for tests.
package inkproof

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A Message that was captured.
type Message struct {
	ID, Channel, Status, Template string
	Message                       *struct{ Properties map[string]any }
	Content                       map[string]any
}

// A Server for tests. URL is the address for Customer.io's client.
type Server struct {
	URL string
	t   testing.TB
}

// Start starts a server for the project in dir until the test ends, or uses the one at INKPROOF_URL.
func Start(t testing.TB, dir string, args ...string) *Server {
	t.Helper()
	if running := os.Getenv("INKPROOF_URL"); running != "" {
		return &Server{running, t}
	}
	program := os.Getenv("INKPROOF_BIN")
	if program == "" {
		program = "inkproof"
	}
	command := exec.Command(program, append([]string{"-C", dir, "serve", "--port", "0", "--quiet"}, args...)...)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("inkproof did not start: %v", err)
	}
	return &Server{strings.TrimSpace(line), t}
}

// Wait waits until `count` messages match the filters, and returns them, newest first.
func (s *Server) Wait(filters url.Values) []Message { return s.list("/wait", filters) }

// Messages returns the messages that match the filters, newest first.
func (s *Server) Messages(filters url.Values) []Message { return s.list("/messages", filters) }

// Fault makes the next requests fail, such as {"preset": "rate_limited", "times": 1}.
func (s *Server) Fault(fault map[string]any) { s.request("POST", "/faults", fault, nil) }

// Reset deletes all messages, faults and people, and resets the clock.
func (s *Server) Reset() { s.request("POST", "/reset", nil, nil) }

func (s *Server) list(path string, filters url.Values) []Message {
	var list struct{ Messages []Message }
	s.request("GET", path+"?"+filters.Encode(), nil, &list)
	return list.Messages
}

func (s *Server) request(method, path string, body, result any) {
	s.t.Helper()
	data, _ := json.Marshal(body)
	request, err := http.NewRequest(method, s.URL+"/inkproof/api"+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		var refused struct{ Meta struct{ Error string } }
		json.NewDecoder(answer.Body).Decode(&refused)
		s.t.Fatal(refused.Meta.Error)
	}
	if result != nil {
		err = json.NewDecoder(answer.Body).Decode(result)
		if err != nil {
			s.t.Fatal(err)
		}
	}
}
