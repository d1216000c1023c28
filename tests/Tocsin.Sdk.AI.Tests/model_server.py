"""A provider of language models, as far as the tests need one: /v1/chat/completions, streamed or not, /v1/embeddings.

The last message decides what happens: "limit" is answered 429, "hang" never, "broken" with half a stream.
"""
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "gpt-4o-2024-08-06"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
         "prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 50}}


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/embeddings":
            return self.answer(200, {
                "model": body["model"], "usage": {"prompt_tokens": 8, "total_tokens": 8},
                "data": [{"index": i, "embedding": [0.5, 0.25]} for i, _ in enumerate(body["input"])]})
        said = body["messages"][-1]["content"]
        if said == "limit":
            return self.answer(429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}})
        if said == "hang":
            time.sleep(30)
        if body.get("stream"):
            return self.stream(said)
        self.answer(200, {
            "id": "chatcmpl-1", "model": MODEL, "usage": USAGE,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok: " + said}}]})

    def stream(self, said):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for word in ["one ", "two ", "three"]:
            self.chunk({"id": "chatcmpl-2", "model": MODEL, "choices": [{"index": 0, "delta": {"content": word}}]})
            time.sleep(0.02)
            if said == "broken":
                self.wfile.write(b"data: {\"half")
                self.close_connection = True
                return
        self.chunk({"id": "chatcmpl-2", "model": MODEL, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.chunk({"id": "chatcmpl-2", "model": MODEL, "choices": [], "usage": USAGE})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def chunk(self, body):
        self.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
        self.wfile.flush()

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(server.server_address[1], flush=True)
server.serve_forever()
