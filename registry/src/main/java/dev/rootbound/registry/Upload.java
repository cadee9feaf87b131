package dev.rootbound.registry;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.regex.Pattern;

/**
 * One blob on its way to a registry: all of it in one PATCH; when that breaks, the rest of it from
 * where the registry says it has it; then the PUT that names its digest.
 */
final class Upload {
    private static final int TRIES = 5;
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final RemoteRepository repository;
    private final Wire wire;
    private final Digest blob;
    private final long size;
    private final RemoteRepository.Content content;

    Upload(
            RemoteRepository repository,
            Wire wire,
            Digest blob,
            long size,
            RemoteRepository.Content content) {
        this.repository = repository;
        this.wire = wire;
        this.blob = blob;
        this.size = size;
        this.content = content;
    }

    void run() throws IOException, InterruptedException {
        var location = repository.beginUpload();
        long offset = 0;
        for (int tries = 1; offset < size; tries++) {
            try {
                location = send(location, offset);
                break;
            } catch (RegistryException.Failed e) {
                if (tries == TRIES) throw e;
                Wire.pause(tries, "");
                offset = received(location);
            }
        }
        finish(location);
    }

    private URI send(URI location, long offset) throws IOException, InterruptedException {
        var request =
                wire.upload(location)
                        .header("Content-Type", "application/octet-stream")
                        .method("PATCH", body(offset));
        if (offset > 0) request.header("Content-Range", offset + "-" + (size - 1));
        try (var answer = repository.ask(request)) {
            if (answer.status() != 202) throw repository.failed(named(), answer);
            return repository.location(answer);
        }
    }

    private BodyPublisher body(long offset) {
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> open(offset)), size - offset);
    }

    private InputStream open(long offset) {
        try {
            return content.from(offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many bytes of it the registry has. */
    private long received(URI location) throws IOException, InterruptedException {
        try (var answer = repository.ask(wire.request(location).GET())) {
            var range = RANGE.matcher(answer.header("Range"));
            if (answer.status() != 204 || !range.matches()) {
                throw repository.failed(named() + " broke off", answer);
            }
            // 0-0 is also what some say of nothing
            long last = Long.parseLong(range.group(1));
            return last == 0 ? 0 : Math.min(last + 1, size);
        }
    }

    private void finish(URI location) throws IOException, InterruptedException {
        var query = location.getRawQuery() == null ? "?" : "&";
        var target = URI.create(location + query + "digest=" + blob);
        try (var answer = repository.ask(wire.request(target).PUT(BodyPublishers.noBody()))) {
            if (answer.status() != 201) throw repository.failed(named(), answer);
        }
    }

    private String named() {
        return "push blob " + blob + " to " + repository.repository();
    }
}
