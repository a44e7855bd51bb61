// An echo server on gorilla.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func echo(w http.ResponseWriter, r *http.Request) {
	client, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer client.Close()
	for {
		kind, message, err := client.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && string(message) == "go away" {
			goodbye := websocket.FormatCloseMessage(4001, "gone")
			client.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
			continue // until the client has answered
		}
		if client.WriteMessage(kind, message) != nil {
			return
		}
	}
}

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(echo)))
}
