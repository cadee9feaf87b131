package dev.rootbound.app;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What an HTTP server has at a URL, as it comes. */
final class Download extends FilterInputStream {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;

    private Download(InputStream body, HttpClient client) {
        super(body);
        this.client = client;
    }

    static Download open(String url) throws IOException, InterruptedException {
        var client =
                HttpClient.newBuilder()
                        .connectTimeout(PATIENCE)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
        try {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) return new Download(response.body(), client);
            throw new CliException(
                    1, "failed to GET " + url + ": the server answers " + response.statusCode());
        } catch (IllegalArgumentException e) {
            client.shutdownNow();
            throw new CliException(1, "not a URL: " + url + ": " + e.getMessage());
        } catch (IOException e) {
            client.shutdownNow();
            throw new IOException("failed to GET " + url + ": " + e.getMessage(), e);
        } catch (CliException e) {
            client.shutdownNow();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        client.shutdownNow();
    }
}
