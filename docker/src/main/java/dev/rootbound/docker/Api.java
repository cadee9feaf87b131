package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.util.Locale;

/** From a request to its endpoint, and from what is thrown to Docker's error. */
final class Api implements Requests.Handler {
    private final Engine engine;
    private final Routes routes = new Routes();

    Api(Engine engine) {
        this.engine = engine;
        new SystemEndpoints(engine).addTo(routes);
        new ContainerEndpoints(engine).addTo(routes);
        new AttachEndpoint(engine).addTo(routes);
        new LogsEndpoint(engine).addTo(routes);
        new UsageEndpoints(engine).addTo(routes);
        new StatsEndpoint(engine).addTo(routes);
        new ExecEndpoints(engine).addTo(routes);
        var transfers = new TransferEndpoints(engine);
        transfers.addTo(routes);
        new ImageFileEndpoints(engine).addTo(routes);
        new ImageEndpoints(engine, transfers).addTo(routes);
        new EventsEndpoint(engine).addTo(routes);
        new WebSocketEndpoint(engine).addTo(routes);
        new RootFileEndpoints(engine).addTo(routes);
        new ArchiveEndpoints(engine).addTo(routes);
        new BuildEndpoints(engine).addTo(routes);
        new HousekeepingEndpoints(engine).addTo(routes);
        new VolumeEndpoints(engine).addTo(routes);
        new NetworkEndpoints(engine).addTo(routes);
        new EvidenceEndpoints(engine).addTo(routes);
        new PolicyEndpoints(engine).addTo(routes);
        Unbuilt.addTo(routes);
    }

    Routes routes() {
        return routes;
    }

    @Override
    public void handle(Exchange exchange) throws Exception {
        try {
            route(exchange);
        } catch (ApiException e) {
            error(exchange, e.status(), message(e));
        } catch (EngineException e) {
            error(exchange, status(e), message(e));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the client has gone, or the server closes
        } catch (IOException e) {
            failed(exchange, e);
        }
    }

    private void route(Exchange exchange) throws Exception {
        var version = ApiVersion.of(exchange.path());
        var match = routes.find(exchange.method(), version.path());
        if (match == null) {
            throw new ApiException(404, "page not found");
        }
        try {
            var caller = exchange.peer().caller(engine);
            var call =
                    new Call(
                            exchange,
                            caller,
                            version.minor(),
                            match.parameters(),
                            exchange.query());
            match.endpoint().serve(call);
        } catch (ApiException | EngineException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // a mistake of ours: the client learns of it, the log where
            error(exchange, 500, exchange.method() + " " + version.path() + " failed: " + e);
            throw e;
        }
    }

    /** An answer that has begun cannot turn into an error: it is cut short instead. */
    private static void failed(Exchange exchange, IOException e) throws IOException {
        if (exchange.isAnswered()) {
            exchange.cut();
            return;
        }
        error(exchange, 400, "reading the request: " + message(e));
    }

    static int status(EngineException e) {
        return switch (e) {
            case EngineException.NotFound _ -> 404;
            case EngineException.Conflict _ -> 409;
            case EngineException.Invalid _ -> 400;
            case EngineException.Denied _ -> 403;
            case EngineException.Unchanged _ -> 304;
            case EngineException.NotImplemented _ -> 501;
            case EngineException.Failed _ -> 500;
        };
    }

    static String message(Throwable e) {
        var message = e.getMessage();
        return message == null ? e.getClass().getSimpleName().toLowerCase(Locale.ROOT) : message;
    }

    private static void error(Exchange exchange, int status, String message) throws IOException {
        if (exchange.isAnswered()) {
            exchange.cut();
            return;
        }
        var body = Json.object().put("message", message);
        exchange.respond(status, Headers.json(), Call.line(body));
    }
}
