package dev.rootbound.registry;

import dev.rootbound.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * One blob on its way to a registry: all of it in one PATCH; when that breaks, the rest of it from
 * where the registry says it has it, or all of it again if it does not say; then the PUT that names
 * its digest.
 */
final class Upload {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final RemoteRepository repository;
    private final Wire wire;
    private final Digest blob;
    private final long size;
    private final RemoteRepository.Content content;

    /** Bytes that were read to be sent, in all tries. */
    private final AtomicLong taken = new AtomicLong();

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

    /**
     * Where to go on.
     *
     * @param offset how many bytes the registry has
     */
    private record Place(URI location, long offset) {}

    void run() throws IOException, InterruptedException {
        var place = begin();
        for (int tries = 1; place.offset < size; tries++) {
            try {
                place = new Place(send(place), size);
            } catch (RegistryException.Failed e) {
                if (tries == Patience.TRIES) throw e;
                wire.pause(tries, "");
                place = received(place);
            }
        }
        finish(place.location);
    }

    private Place begin() throws IOException, InterruptedException {
        return new Place(repository.beginUpload(), 0);
    }

    /** Once: whatever comes of it, the registry may have some of it then. */
    private URI send(Place place) throws IOException, InterruptedException {
        var request =
                wire.upload(place.location)
                        .header("Content-Type", "application/octet-stream")
                        .method("PATCH", body(place.offset));
        if (place.offset > 0) {
            request.header("Content-Range", place.offset + "-" + (size - 1));
        }
        try (var answer = repository.ask(request, r -> wire.transfer(r, taken::get))) {
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
            return new FilterInputStream(content.from(offset)) {
                @Override
                public int read(byte[] buffer, int at, int length) throws IOException {
                    int n = super.read(buffer, at, length);
                    if (n > 0) taken.addAndGet(n);
                    return n;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of it the registry has, and where it wants the rest: that may have moved. */
    private Place received(Place before) throws IOException, InterruptedException {
        try (var answer = repository.ask(wire.request(before.location).GET())) {
            var range = RANGE.matcher(answer.header("Range"));
            if (answer.status() != 204 || !range.matches()) return begin();
            // 0-0 is also what some say of nothing
            long last = Long.parseLong(range.group(1));
            if (last >= size) return begin();
            boolean stays = answer.header("Location").isEmpty();
            return new Place(
                    stays ? before.location : repository.location(answer),
                    last == 0 ? 0 : last + 1);
        }
    }

    private void finish(URI location) throws IOException, InterruptedException {
        var query = location.getRawQuery() == null ? "?" : "&";
        var target = URI.create(location + query + "digest=" + blob);
        try (var answer = repository.ask(wire.storing(target).PUT(BodyPublishers.noBody()))) {
            // a proxy may have given up before the registry had finished
            if (answer.status() != 201 && repository.blobSize(blob).orElse(-1) != size) {
                throw repository.failed(named(), answer);
            }
        }
    }

    private String named() {
        return "push blob " + blob + " to " + repository.repository();
    }
}
