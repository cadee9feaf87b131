package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.engine.EngineException;
import dev.rootbound.image.TarEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
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
        try (var client =
                HttpClient.newBuilder()
                        .connectTimeout(PATIENCE)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build()) {
            var at = URI.create(url);
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                fetcher.refuseLocal(at);
                var request = HttpRequest.newBuilder(at).timeout(PATIENCE).build();
                var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (var body = response.body()) {
                    var next = redirect(at, response);
                    if (next.isEmpty()) return stored(url, response, body, checksum, fetcher);
                    at = next.get();
                }
            }
            throw new EngineException.Failed(
                    fetcher.what() + " " + url + ": more than " + MOST_REDIRECTS + " redirects");
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new EngineException.Failed(fetcher.what() + " " + url + ": " + why(e), e);
        }
    }

    /** Java's client says nothing of a refused connection and of a name that is not known. */
    private static String why(IOException e) {
        return switch (e) {
            case HttpTimeoutException _ -> "no answer in " + PATIENCE.toSeconds() + " s";
            case UnknownHostException _ -> "no such host";
            case ConnectException _ when hasNoName(e) -> "no such host";
            case ConnectException _ -> "connection refused";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static boolean hasNoName(Throwable e) {
        for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) return true;
        }
        return false;
    }

    private static Optional<URI> redirect(URI at, HttpResponse<?> response) {
        if (response.statusCode() / 100 != 3) return Optional.empty();
        return response.headers().firstValue("Location").map(at::resolve);
    }

    private static SourceFiles stored(
            String url,
            HttpResponse<?> response,
            InputStream body,
            @Nullable String checksum,
            Fetcher fetcher)
            throws IOException {
        if (response.statusCode() != 200) {
            throw new EngineException.Failed(
                    fetcher.what() + " " + url + ": the server answers " + response.statusCode());
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
        var files = SourceFiles.one(name, entry(name, response), body, fetcher.place());
        var digest = String.valueOf(files.root().children().firstEntry().getValue().digest());
        if (checksum != null && !checksum.equals(digest)) {
            files.close();
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": its digest is " + digest + ", not " + checksum);
        }
        return files;
    }

    private static TarEntry entry(String name, HttpResponse<?> response) {
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

    private static long changed(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("Last-Modified")
                    .map(t -> ZonedDateTime.parse(t, DateTimeFormatter.RFC_1123_DATE_TIME))
                    .map(ZonedDateTime::toEpochSecond)
                    .orElse(0L);
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
