package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import tools.jackson.databind.node.ObjectNode;

/** An exec as Docker's inspect shows it. */
final class ExecJson {
    private ExecJson() {}

    static ObjectNode of(Engine.Exec exec) {
        var spec = exec.spec();
        var json = Json.object().put("ID", exec.id()).put("Running", exec.running());
        json.put("ExitCode", exec.code());
        var process = json.putObject("ProcessConfig");
        process.put("tty", spec.terminal()).put("entrypoint", spec.args().getFirst());
        process.set("arguments", Json.array(spec.args().subList(1, spec.args().size())));
        process.put("privileged", spec.privileged());
        if (!spec.user().isEmpty()) {
            process.put("user", spec.user());
        }
        return json.put("OpenStdin", spec.stdin())
                .put("OpenStderr", spec.stderr())
                .put("OpenStdout", spec.stdout())
                .put("CanRemove", exec.code() != null)
                .put("ContainerID", exec.container())
                .put("DetachKeys", "")
                .put("Pid", exec.pid());
    }
}
