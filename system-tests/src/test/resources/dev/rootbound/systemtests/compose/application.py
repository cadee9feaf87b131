import http.server, os, socket, psycopg2

class Notes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with psycopg2.connect(os.environ["DATABASE"]) as database, database.cursor() as rows:
            rows.execute("select note from notes order by id")
            self.answer("".join(row[0] + "\n" for row in rows))

    def do_POST(self):
        note = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with psycopg2.connect(os.environ["DATABASE"]) as database, database.cursor() as rows:
            rows.execute("insert into notes(note) values (%s)", (note,))
        self.answer(socket.gethostname())

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

http.server.ThreadingHTTPServer(("", 8000), Notes).serve_forever()
