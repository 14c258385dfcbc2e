package inkproof

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const shipped = `{"transactional_message_id": "order_shipped", "identifiers": {"id": "user_123"}, "message_data": {"order_id": "A-1"}}`

// Your backend would send with Customer.io's client, at the address server.URL.
func send(t *testing.T, server *Server) int {
	request, err := http.NewRequest("POST", server.URL+"/v1/send/inbox_message", strings.NewReader(shipped))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer key")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestAnOrderTellsItsCustomer(t *testing.T) {
	server := Start(t, "../example")
	sent := make(chan int)
	time.AfterFunc(50*time.Millisecond, func() { sent <- send(t, server) })
	messages := server.Wait(url.Values{"to": {"user_123"}, "template": {"order_shipped"}})
	<-sent
	if got := messages[0].Message.Properties["title"]; messages[0].Status != "delivered" || got != "Order A-1 has shipped" {
		t.Errorf("%s: %v", messages[0].Status, got)
	}
	server.Reset()
	if left := server.Messages(nil); len(left) != 0 {
		t.Errorf("%d messages are left", len(left))
	}
}

func TestAFaultFailsARequestOnce(t *testing.T) {
	server := Start(t, "../example")
	server.Fault(map[string]any{"preset": "accepted_but_500", "times": 1})
	if first, second := send(t, server), send(t, server); first != 500 || second != 200 {
		t.Errorf("%d, %d", first, second)
	}
	if messages := server.Wait(url.Values{"count": {"2"}}); len(messages) != 2 {
		t.Errorf("%d messages", len(messages))
	}
}
