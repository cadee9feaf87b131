package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code exec}: more processes in a running container. */
final class ExecEndpoints {
    private final Engine engine;

    ExecEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/{id*}/exec", this::create);
        routes.add("POST", "/exec/{id}/start", this::start);
        routes.add("POST", "/exec/{id}/resize", this::resize);
        routes.add(
                "GET",
                "/exec/{id}/json",
                call -> {
                    var exec = engine.inspectExec(call.caller(), call.parameter("id"));
                    call.answer(200, ExecJson.of(exec));
                });
    }

    private void create(Call call) throws IOException {
        var body = call.json();
        var args = body.command("Cmd");
        if (args == null || args.isEmpty()) {
            throw new ApiException(400, "No exec command specified");
        }
        DetachKeys.parse(body.text("DetachKeys"));
        var spec =
                new Engine.ExecSpec(
                        args,
                        body.texts("Env"),
                        body.text("User"),
                        body.text("WorkingDir"),
                        body.flag("Tty"),
                        body.flag("AttachStdin"),
                        body.flag("AttachStdout"),
                        body.flag("AttachStderr"),
                        body.flag("Privileged"),
                        body.text("DetachKeys"));
        var id = engine.createExec(call.caller(), call.parameter("id"), spec);
        call.answer(201, Json.object().put("Id", id));
    }

    private void start(Call call) throws Exception {
        var body = call.json();
        var exec = engine.inspectExec(call.caller(), call.parameter("id"));
        if (exec.running()) {
            throw new ApiException(409, "Exec command " + exec.id() + " is already running");
        }
        if (exec.code() != null) {
            throw new ApiException(409, "Exec command " + exec.id() + " has already run");
        }
        if (body.flag("Detach")) {
            engine.startExecDetached(call.caller(), exec.id());
            call.answer(200);
            return;
        }
        attached(call, exec, body);
    }

    /** The connection is hijacked first, as in Docker: why a start failed goes down the stream. */
    private void attached(Call call, Engine.Exec exec, Fields body) throws Exception {
        var size = consoleSize(body);
        boolean terminal = exec.spec().terminal();
        var keys = terminal ? DetachKeys.parse(exec.spec().detachKeys()) : null;
        var client = Handshake.accept(call, terminal);
        var output = new Frames(terminal);
        output.open(client.out());
        try (var attachment =
                engine.startExec(
                        call.caller(), exec.id(), size.getFirst(), size.getLast(), output)) {
            new Session(attachment, !terminal, keys)
                    .run(call.exchange(), exec.spec().stdin() ? client : null);
        } catch (EngineException e) {
            var text = Api.message(e) + "\r\n";
            output.send(client.out(), Engine.Stream.STDOUT, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Rows and columns, zero if not given. */
    private static List<Integer> consoleSize(Fields body) {
        var node = body.get("ConsoleSize");
        if (node == null) {
            return List.of(0, 0);
        }
        if (!node.isArray()
                || node.size() != 2
                || !node.valueStream().allMatch(n -> n.canConvertToInt())) {
            throw new ApiException(400, "ConsoleSize must be an array of two numbers");
        }
        return List.of(node.get(0).intValue(), node.get(1).intValue());
    }

    private void resize(Call call) throws IOException {
        var size = Resize.of(call.query());
        engine.resizeExec(call.caller(), call.parameter("id"), size.rows(), size.columns());
        call.answer(200);
    }
}
