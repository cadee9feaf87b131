package dev.rootbound.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Requests to one registry and to where it sends: repeated while that may help. */
final class Wire implements AutoCloseable {
    private static final int TOO_MANY_REQUESTS = 429;

    private final HostTls tls;
    private final RegistrySettings settings;
    private final Patience patience;
    private volatile boolean closed;

    /** Guarded by this. */
    private final Map<SSLContext, HttpClient> clients = new HashMap<>();

    Wire(HostTls tls, RegistrySettings settings, Patience patience) {
        this.tls = tls;
        this.settings = settings;
        this.patience = patience;
    }

    private synchronized HttpClient client(URI uri) throws IOException {
        if (closed) throw new IOException("closed");
        return clients.computeIfAbsent(tls.of(authority(uri)), this::client);
    }

    private static String authority(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private HttpClient client(SSLContext context) {
        // HTTP/1.1: a layer is one long answer, which HTTP/2's windows only slow down
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.connect())
                .sslContext(context)
                .proxy(new Proxies(settings.environment()))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri)
                .timeout(patience.answer())
                .header("User-Agent", settings.agent());
    }

    /** One that may get no answer: who does not speak TLS may wait for the end of a line. */
    HttpRequest.Builder probe(URI uri) {
        return request(uri).timeout(patience.probe());
    }

    /** One that has the registry store what it was sent. */
    HttpRequest.Builder storing(URI uri) {
        return request(uri).timeout(patience.store());
    }

    /** For {@link #transfer}. */
    HttpRequest.Builder upload(URI uri) {
        return HttpRequest.newBuilder(uri).header("User-Agent", settings.agent());
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
                if (tries == Patience.TRIES || !mayPass(answer.status())) return answer;
                answer.close();
                pause(tries, answer.header("Retry-After"));
            } catch (RegistryException.Failed e) {
                if (tries == Patience.TRIES || closed || isFinal(e.getCause())) throw e;
                pause(tries, "");
            }
        }
    }

    /**
     * Whether the next moment will be no better: nobody listens there, it is not who it says, or
     * the settings are wrong.
     */
    private static boolean isFinal(@Nullable Throwable failure) {
        return failure instanceof SSLException
                || failure instanceof IllegalArgumentException
                || (failure instanceof ConnectException
                        && !(failure instanceof HttpConnectTimeoutException));
    }

    /** Sends it once. */
    Answer once(HttpRequest.Builder builder) throws IOException, InterruptedException {
        var request = builder.build();
        try {
            return answer(client(request.uri()).send(request, BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw failed(request, e);
        } catch (IllegalArgumentException e) { // of the proxy's address
            throw new RegistryException.Failed(request.uri() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Sends a long body, once: given up when for some time nothing of it was taken and no answer
     * came.
     *
     * @param taken how many bytes of the body so far
     */
    Answer transfer(HttpRequest.Builder builder, LongSupplier taken)
            throws IOException, InterruptedException {
        var request = builder.build();
        var coming = client(request.uri()).sendAsync(request, BodyHandlers.ofInputStream());
        try {
            return answer(await(coming, taken));
        } catch (TimeoutException e) {
            throw new RegistryException.Failed(
                    request.method()
                            + " "
                            + request.uri()
                            + ": the registry took nothing and answered nothing for "
                            + Patience.words(patience.store()),
                    e);
        } catch (ExecutionException e) {
            throw failed(request, cause(e));
        } finally {
            coming.cancel(true);
        }
    }

    private <T> T await(Future<T> coming, LongSupplier taken)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (long before = 0; ; before = taken.getAsLong()) {
            try {
                return coming.get(patience.store().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (taken.getAsLong() == before) throw e;
            }
        }
    }

    private static IOException cause(ExecutionException e) {
        return e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }

    private Answer answer(HttpResponse<InputStream> response) {
        return Answer.of(response, new StallGuard(response.body(), patience.answer()));
    }

    private RegistryException.Failed failed(HttpRequest request, IOException e) {
        var reason = reason(request, e);
        return new RegistryException.Failed(
                request.method() + " " + request.uri() + ": " + reason, e);
    }

    /** The JDK leaves some without words. */
    private String reason(HttpRequest request, IOException e) {
        if (isUnresolved(e)) return "no such host";
        if (e instanceof HttpTimeoutException) return notIn(request, e);
        var message = e.getMessage();
        if (message != null && !message.isEmpty()) return message;
        return e instanceof ConnectException ? "connection refused" : e.getClass().getSimpleName();
    }

    private String notIn(HttpRequest request, IOException e) {
        var time = request.timeout().orElse(patience.answer());
        if (!(e instanceof HttpConnectTimeoutException))
            return "no answer in " + Patience.words(time);
        // the JDK calls it so until TLS is agreed on, whichever of the two times ended it
        boolean sooner = time.compareTo(patience.connect()) < 0;
        return "no connection in " + Patience.words(sooner ? time : patience.connect());
    }

    private static boolean isUnresolved(Throwable e) {
        return e.getCause() instanceof UnresolvedAddressException
                || (e.getCause() instanceof ConnectException inner
                        && inner.getCause() instanceof UnresolvedAddressException);
    }

    /**
     * Whether the host is there, but no connection to the port is had.
     *
     * @param failure the cause of what {@link #once} throws
     */
    static boolean nobodyListens(@Nullable Throwable failure) {
        return failure instanceof ConnectException && !isUnresolved(failure);
    }

    private static boolean mayPass(int status) {
        return switch (status) {
            case TOO_MANY_REQUESTS, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /**
     * Waits before the next try.
     *
     * @param tries how often it was tried
     * @param retryAfter the registry's header, or empty
     */
    void pause(int tries, String retryAfter) throws InterruptedException {
        Thread.sleep(patience.before(tries, retryAfter));
    }

    @Override
    public synchronized void close() {
        closed = true;
        clients.values().forEach(HttpClient::shutdownNow);
    }
}
