package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Pull, push and login. */
final class TransferEndpoints {
    private final Engine engine;

    TransferEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/images/{name+}/push", this::push);
        routes.add("POST", "/auth", this::login);
        routes.add("GET", "/distribution/{name+}/json", this::describe);
    }

    /** {@code POST /images/create} with fromImage. */
    void pull(Call call) throws IOException {
        var query = call.query();
        var name = query.text("fromImage");
        var tag = query.text("tag");
        var credentials = RegistryAuth.parse(call.exchange().header("X-Registry-Auth"));
        var platform = platform(query.text("platform"));
        answer(
                call,
                false,
                progress -> {
                    if (tag.isEmpty() && !name.contains("@")) {
                        engine.transfers()
                                .pullAll(call.caller(), name, platform, credentials, progress);
                        return;
                    }
                    var separator = tag.isEmpty() ? "" : tag.contains(":") ? "@" : ":";
                    var pulled =
                            engine.transfers()
                                    .pull(
                                            call.caller(),
                                            name + separator + tag,
                                            platform,
                                            credentials,
                                            progress);
                    progress.pulled(tag, pulled);
                });
    }

    private static Optional<Platform> platform(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, Api.message(e));
        }
    }

    private void push(Call call) throws IOException {
        var credentials = RegistryAuth.parse(call.exchange().header("X-Registry-Auth"));
        var tag = call.query().text("tag");
        answer(
                call,
                true,
                progress ->
                        engine.transfers()
                                .push(
                                        call.caller(),
                                        call.parameter("name"),
                                        tag,
                                        credentials,
                                        progress));
    }

    interface Transfer {
        void run(TransferMessages progress);
    }

    /** A client that goes away ends its transfer. */
    static void answer(Call call, boolean pushes, Transfer transfer) throws IOException {
        call.exchange().onGone(Thread.currentThread()::interrupt);
        var messages = new Messages(call);
        try {
            try (var progress = new TransferMessages(messages, pushes)) {
                transfer.run(progress);
            }
            messages.end();
        } catch (EngineException e) {
            messages.fail(e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void describe(Call call) throws IOException {
        var credentials = RegistryAuth.parse(call.exchange().header("X-Registry-Auth"));
        var found = engine.transfers().describe(call.caller(), call.parameter("name"), credentials);
        var answer = Json.object();
        answer.putObject("Descriptor")
                .put("mediaType", found.manifest().mediaType())
                .put("digest", found.manifest().digest().toString())
                .put("size", found.manifest().size());
        var platforms = answer.putArray("Platforms");
        for (var platform : found.platforms()) {
            var each = platforms.addObject();
            each.put("architecture", platform.architecture()).put("os", platform.os());
            if (!platform.variant().isEmpty()) each.put("variant", platform.variant());
        }
        call.answer(200, answer);
    }

    private void login(Call call) throws IOException {
        var request = call.json();
        var credentials = RegistryAuth.of(request);
        try {
            engine.transfers().login(call.caller(), request.text("serveraddress"), credentials);
        } catch (EngineException.Denied e) {
            throw new ApiException(401, Api.message(e));
        }
        var answer = Json.object().put("Status", "Login Succeeded").put("IdentityToken", "");
        call.answer(200, answer);
    }
}
