package dev.rootbound.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Requests to one registry and to where it sends: repeated while that may help. */
final class Wire implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int TRIES = 5;
    private static final int FIRST_PAUSE_MILLISECONDS = 250;
    private static final int LONGEST_PAUSE_SECONDS = 30;
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient client;
    private final String agent;

    Wire(SSLContext tls, RegistrySettings settings) {
        // HTTP/1.1: a layer is one long answer, which HTTP/2's windows only slow down
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT)
                        .sslContext(tls)
                        .proxy(new Proxies(settings.environment()))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        agent = settings.agent();
    }

    HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(ANSWER).header("User-Agent", agent);
    }

    /** One whose body may take long to send. */
    HttpRequest.Builder upload(URI uri) {
        return HttpRequest.newBuilder(uri).header("User-Agent", agent);
    }

    /**
     * Sends it, and again with growing pauses if the connection fails or the registry is overloaded
     * (429, 500, 502, 503, 504).
     *
     * @param request what is sent must be the same each time
     * @throws RegistryException.Failed if the last try failed too
     */
    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                var answer = once(request);
                if (tries == TRIES || !mayPass(answer.status())) return answer;
                answer.close();
                pause(tries, answer.header("Retry-After"));
            } catch (RegistryException.Failed e) {
                if (tries == TRIES || isFinal(e.getCause())) throw e;
                pause(tries, "");
            }
        }
    }

    /**
     * Whether the next moment will be no better: nobody listens there, or it is not who it says.
     */
    private static boolean isFinal(@Nullable Throwable failure) {
        return failure instanceof SSLException
                || (failure instanceof ConnectException
                        && !(failure instanceof HttpConnectTimeoutException));
    }

    /** Sends it once. */
    Answer once(HttpRequest.Builder builder) throws IOException, InterruptedException {
        var request = builder.build();
        try {
            return Answer.of(client.send(request, HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw failed(request, e);
        } catch (IllegalArgumentException e) { // of the proxy's address
            throw new RegistryException.Failed(request.uri() + ": " + e.getMessage(), e);
        }
    }

    private static RegistryException.Failed failed(HttpRequest request, IOException e) {
        var reason = reason(e);
        return new RegistryException.Failed(
                request.method() + " " + request.uri() + ": " + reason, e);
    }

    /** The JDK leaves some without words. */
    private static String reason(IOException e) {
        if (e.getCause() instanceof UnresolvedAddressException
                || (e.getCause() instanceof ConnectException inner
                        && inner.getCause() instanceof UnresolvedAddressException)) {
            return "no such host";
        }
        if (e instanceof HttpConnectTimeoutException) return "no connection in " + seconds(CONNECT);
        if (e instanceof HttpTimeoutException) return "no answer in " + seconds(ANSWER);
        var message = e.getMessage();
        if (message != null && !message.isEmpty()) return message;
        return e instanceof ConnectException ? "connection refused" : e.getClass().getSimpleName();
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " seconds";
    }

    static boolean mayPass(int status) {
        return switch (status) {
            case TOO_MANY_REQUESTS, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /**
     * @param tries how often it was tried
     * @param retryAfter seconds, if the registry said
     */
    static void pause(int tries, String retryAfter) throws InterruptedException {
        long milliseconds = (long) FIRST_PAUSE_MILLISECONDS << tries;
        milliseconds += ThreadLocalRandom.current().nextLong(milliseconds / 2);
        if (retryAfter.matches("[0-9]{1,6}")) {
            long seconds = Math.min(Long.parseLong(retryAfter), LONGEST_PAUSE_SECONDS);
            milliseconds = Math.max(milliseconds, seconds * 1000);
        }
        Thread.sleep(milliseconds);
    }

    /** An answer's content ends early, with an exception, when nothing has come for so long. */
    InputStream watched(InputStream body) {
        return new StallGuard(body, ANSWER);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
