package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The engine's HTTP API. Every method throws {@link ApiException} when the engine refuses. */
final class ApiClient {
    private final EngineAddress address;

    ApiClient(EngineAddress address) {
        this.address = address;
    }

    EngineAddress address() {
        return address;
    }

    Json get(Target target) throws IOException {
        try (var answer = open("GET", target, null)) {
            return answer.json();
        }
    }

    /**
     * A header of the answer to HEAD; empty if the engine refuses, of which only GET says why.
     *
     * @param name in lower case
     */
    String header(Target target, String name) throws IOException {
        try (var connection = Connection.open(address)) {
            connection.send("HEAD", target.toString(), null, false);
            var answer = connection.receive();
            return answer.status() == 200 ? answer.headers().getOrDefault(name, "") : "";
        }
    }

    /** Posts and waits for an answer whose content does not matter. */
    void post(Target target) throws IOException {
        try (var answer = open("POST", target, null)) {
            answer.body().readAllBytes();
        }
    }

    Json post(Target target, Json body) throws IOException {
        try (var answer = open("POST", target, JsonWriter.write(body))) {
            return answer.json();
        }
    }

    /** As {@link #post(Target)}, with something to say. */
    void send(Target target, Json body) throws IOException {
        try (var answer = open("POST", target, JsonWriter.write(body))) {
            answer.body().readAllBytes();
        }
    }

    /** What was deleted, or nothing. */
    String delete(Target target) throws IOException {
        try (var answer = open("DELETE", target, null)) {
            return answer.text();
        }
    }

    /** Returns when the answer's head has come; its body can be read as it comes. */
    Answer open(String method, Target target, @Nullable String json) throws IOException {
        var connection = Connection.open(address);
        return exchange(connection, () -> connection.send(method, target.toString(), json, false));
    }

    /**
     * Posts, for somebody to a registry.
     *
     * @param auth {@code X-Registry-Auth}; empty: nobody
     */
    Answer postFor(Target target, String auth) throws IOException {
        var connection = Connection.open(address);
        return exchange(connection, () -> connection.sendFor(target.toString(), auth));
    }

    /** As {@link #postFor(Target, String)}, what the body writes. */
    Answer postFor(Target target, String auth, Connection.Body body) throws IOException {
        var connection = Connection.open(address);
        return exchange(connection, () -> connection.sendFor(target.toString(), auth, body));
    }

    /** The connection becomes the process's streams: 101, or 200 from old engines. */
    Answer hijack(Target target, @Nullable String json) throws IOException {
        var connection = Connection.open(address);
        return exchange(connection, () -> connection.send("POST", target.toString(), json, true));
    }

    /** Posts a stream. */
    Answer upload(Target target, InputStream body) throws IOException {
        return upload("POST", target, out -> copy(body, out));
    }

    /** Sends what the body writes. */
    Answer upload(String method, Target target, Connection.Body body) throws IOException {
        var connection = Connection.open(address);
        return exchange(connection, () -> connection.sendStream(method, target.toString(), body));
    }

    /** In pieces so large that they cost little as chunks. */
    static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[128 << 10];
        for (int n; (n = from.read(buffer)) >= 0; ) to.write(buffer, 0, n);
    }

    /**
     * Posts what a build reads.
     *
     * @param registries {@code X-Registry-Config}; empty: nobody is known to any
     */
    Answer build(Target target, String registries, Connection.Body body) throws IOException {
        var connection = Connection.open(address);
        return exchange(
                connection, () -> connection.sendBuild(target.toString(), registries, body));
    }

    private interface Sending {
        void send() throws IOException;
    }

    private static Answer exchange(Connection connection, Sending sending) throws IOException {
        try {
            sending.send();
            return connection.receive().orThrow();
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
