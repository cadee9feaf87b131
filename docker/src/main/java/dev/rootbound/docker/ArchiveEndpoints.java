package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.RootFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code archive}: what {@code docker cp} copies in and out. */
final class ArchiveEndpoints {
    private static final int PIECE = 64 << 10;

    private final Engine engine;

    ArchiveEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("HEAD", "/containers/{id*}/archive", this::stat);
        routes.add("GET", "/containers/{id*}/archive", this::get);
        routes.add("PUT", "/containers/{id*}/archive", this::put);
    }

    private static byte[] path(Call call) {
        var path = call.query().bytes("path");
        if (path.length == 0) {
            throw new ApiException(400, "bad parameter: path cannot be empty");
        }
        return path;
    }

    private RootFiles.Found find(Call call) {
        return engine.files().find(call.caller(), call.parameter("id"), path(call));
    }

    private static Map<String, String> headers(RootFiles.Found found, String contentType) {
        var headers = new LinkedHashMap<>(Headers.common());
        headers.put("Content-Type", contentType);
        headers.put(PathStatJson.HEADER, PathStatJson.of(found.stat()));
        return headers;
    }

    private void stat(Call call) throws IOException {
        try (var found = find(call)) {
            call.exchange().respond(200, headers(found, "application/json"), new byte[0]);
        }
    }

    private void get(Call call) throws IOException {
        try (var found = find(call)) {
            // one that fails is not closed: without its end the client sees that it is cut short
            @SuppressWarnings("resource")
            var out =
                    new BufferedOutputStream(
                            call.exchange().stream(200, headers(found, "application/x-tar")),
                            PIECE);
            found.archive(out);
            out.close();
        }
    }

    private void put(Call call) throws IOException {
        var how =
                new RootFiles.Copying(
                        call.query().flag("noOverwriteDirNonDir"), call.query().flag("copyUIDGID"));
        var body = call.exchange().body();
        engine.files().copy(call.caller(), call.parameter("id"), path(call), how, body);
        call.answer(200);
    }
}
