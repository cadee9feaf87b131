package dev.rootbound.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Docker's JSON for a container, from the options of {@code create} and {@code run}. What is empty
 * is left out: the API's default. What the engine cannot honour is sent all the same; it says why.
 */
final class CreateRequest {
    private final Arguments arguments;
    private final Map<String, String> environment;
    private final Path directory;

    /**
     * @param directory what relative paths are relative to
     */
    CreateRequest(Arguments arguments, Map<String, String> environment, Path directory) {
        this.arguments = arguments;
        this.environment = environment;
        this.directory = directory;
    }

    /**
     * @param detached whether nothing is attached
     */
    Json.Members json(boolean detached) {
        var streams = AttachedStreams.of(arguments, detached);
        var ports = new Ports(arguments);
        var network = new NetworkOptions(arguments);
        var volumes = new Volumes(arguments, directory);
        var words = arguments.rest();
        var request =
                new Json.Members()
                        .with("Image", words.getFirst())
                        .with("Cmd", words.subList(1, words.size()))
                        .with("Hostname", arguments.text("hostname"))
                        .with("Domainname", arguments.text("domainname"))
                        .with("User", arguments.text("user"))
                        .with("WorkingDir", arguments.text("workdir"))
                        .with("AttachStdin", streams.stdin())
                        .with("AttachStdout", streams.stdout())
                        .with("AttachStderr", streams.stderr())
                        .with("Tty", arguments.is("tty"))
                        .with("OpenStdin", arguments.is("interactive"))
                        .with("StdinOnce", arguments.is("interactive") && streams.stdin())
                        .with("Env", environment())
                        .with("Labels", labels())
                        .with("StopSignal", arguments.text("stop-signal"));
        if (arguments.has("entrypoint"))
            request.with("Entrypoint", Json.Array.of(List.of(arguments.text("entrypoint"))));
        if (arguments.has("stop-timeout"))
            request.with("StopTimeout", new Json.Numeral("" + arguments.number("stop-timeout")));
        ports.exposed().ifPresent(exposed -> request.with("ExposedPorts", exposed));
        volumes.anonymous().ifPresent(anonymous -> request.with("Volumes", anonymous));
        HealthCheck.json(arguments).ifPresent(check -> request.with("Healthcheck", check));
        var host = new HostOptions(arguments).json();
        ports.bindings().ifPresent(bindings -> host.with("PortBindings", bindings));
        volumes.addTo(host);
        network.addTo(host);
        request.with("HostConfig", host);
        network.endpoints()
                .ifPresent(endpoints ->
                        request.with(
                                "NetworkingConfig",
                                new Json.Members().with("EndpointsConfig", endpoints)));
        return request;
    }

    private List<String> environment() {
        var variables = new ArrayList<String>();
        for (String file : arguments.all("env-file"))
            variables.addAll(KeyValueFile.environment(Path.of(file), environment));
        for (String variable : arguments.all("env")) variables.add(variable(variable));
        return variables;
    }

    /** A bare name stands for this program's own variable, if there is one. */
    private String variable(String variable) {
        if (variable.isEmpty() || variable.startsWith("="))
            throw arguments.invalid("env", variable, "invalid environment variable: " + variable);
        if (variable.indexOf('=') > 0) return variable;
        String own = environment.get(variable);
        return own == null ? variable : variable + "=" + own;
    }

    private Map<String, String> labels() {
        var labels = new java.util.LinkedHashMap<String, String>();
        for (String file : arguments.all("label-file"))
            for (String line : KeyValueFile.labels(Path.of(file))) KeyValueFile.put(labels, line);
        for (String label : arguments.all("label")) {
            if (label.isEmpty() || label.startsWith("="))
                throw arguments.invalid("label", label, "invalid label: '" + label + "'");
            KeyValueFile.put(labels, label);
        }
        return labels;
    }
}
