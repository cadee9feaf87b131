package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.engine.EngineException;
import dev.rootbound.image.TarEntry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file that ADD fetches by HTTP. */
final class RemoteFile {
    private static final int MOST_REDIRECTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WHOLE = Duration.ofHours(1); // with all redirects

    private RemoteFile() {}

    static boolean is(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    /**
     * Fetches it, named by the URL's last name.
     *
     * @param checksum {@code sha256:…}; {@code null}: anything
     */
    static SourceFiles fetch(String url, @Nullable String checksum, Fetcher fetcher)
            throws IOException, InterruptedException {
        var limits = HttpGet.Limits.of(PATIENCE, WHOLE);
        try {
            var at = URI.create(url);
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                if (!is(at.toString())) throw new IOException("it is redirected to " + at);
                try (var response = answer(at, fetcher.addresses(at), limits)) {
                    var next = redirect(at, response);
                    if (next.isEmpty()) return stored(url, response, checksum, fetcher);
                    at = next.get();
                }
            }
            throw new EngineException.Failed(
                    fetcher.what() + " " + url + ": more than " + MOST_REDIRECTS + " redirects");
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": " + e.getMessage(), e);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException();
        } catch (IOException e) {
            if (Thread.interrupted()) throw new InterruptedException();
            throw new EngineException.Failed(fetcher.what() + " " + url + ": " + why(e, limits), e);
        }
    }

    /** Of the first address that is there. */
    private static HttpGet answer(URI url, List<InetAddress> addresses, HttpGet.Limits limits)
            throws IOException {
        for (var address : addresses.subList(0, addresses.size() - 1)) {
            try {
                return HttpGet.open(url, address, limits);
            } catch (ConnectException | NoRouteToHostException e) {
                // the next one may be there
            }
        }
        return HttpGet.open(url, addresses.getLast(), limits);
    }

    private static String why(IOException e, HttpGet.Limits limits) {
        return switch (e) {
            case SocketTimeoutException _ when limits.isOver() ->
                    "not whole after " + WHOLE.toSeconds() + " s";
            case SocketTimeoutException _ -> "no answer in " + PATIENCE.toSeconds() + " s";
            case UnknownHostException _ -> "no such host";
            case ConnectException _ -> "connection refused";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static Optional<URI> redirect(URI at, HttpGet response) {
        if (response.status() / 100 != 3) return Optional.empty();
        return response.header("Location").map(at::resolve);
    }

    private static SourceFiles stored(
            String url, HttpGet response, @Nullable String checksum, Fetcher fetcher)
            throws IOException {
        if (response.status() != 200) {
            throw new EngineException.Failed(
                    fetcher.what() + " " + url + ": the server answers " + response.status());
        }
        var path = URI.create(url).getPath();
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            throw new EngineException.Invalid(
                    fetcher.what()
                            + " "
                            + url
                            + ": the URL names no file; add a path to the destination");
        }
        var files = SourceFiles.one(name, entry(name, response), response.body(), fetcher.place());
        var digest = String.valueOf(files.root().children().firstEntry().getValue().digest());
        if (checksum != null && !checksum.equals(digest)) {
            files.close();
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": its digest is " + digest + ", not " + checksum);
        }
        return files;
    }

    private static TarEntry entry(String name, HttpGet response) {
        return new TarEntry(
                name.getBytes(UTF_8),
                TarEntry.Type.FILE,
                0600,
                0,
                0,
                null,
                0,
                changed(response),
                0,
                new byte[0],
                0,
                0,
                Map.of(),
                List.of());
    }

    private static long changed(HttpGet response) {
        try {
            return response.header("Last-Modified")
                    .map(t -> ZonedDateTime.parse(t, DateTimeFormatter.RFC_1123_DATE_TIME))
                    .map(ZonedDateTime::toEpochSecond)
                    .orElse(0L);
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
