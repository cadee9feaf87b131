package dev.rootbound.engine;

import dev.rootbound.runtime.Rlimit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A spec of which a test says only what matters to it. */
final class TestSpec {
    String image = "rootbound/busybox";
    @Nullable List<String> entrypoint;
    @Nullable List<String> cmd;
    List<String> env = List.of();
    String user = "";
    String workingDir = "";
    String hostname = "";
    boolean terminal;
    boolean stdin;
    boolean autoRemove;
    boolean init;
    @Nullable HealthCheck health;
    RestartPolicy restart = RestartPolicy.NO;
    @Nullable String stopSignal;
    @Nullable Integer oomScoreAdj;
    Map<String, String> labels = Map.of();
    List<ContainerSpec.Tmpfs> tmpfs = List.of();
    List<VolumeMount> volumes = List.of();
    List<String> volumesFrom = List.of();
    List<BindMount> binds = List.of();
    List<Rlimit> rlimits = List.of();
    Isolation isolation = Isolation.DEFAULT;
    NetworkSpec network = NetworkSpec.PLAIN;
    LogOptions logOptions = LogOptions.NONE;
    ContainerSpec.LogDriver log = ContainerSpec.LogDriver.JSON_FILE;

    static TestSpec of(String... cmd) {
        var spec = new TestSpec();
        spec.cmd = List.of(cmd);
        return spec;
    }

    static TestSpec shell(String script) {
        return of("sh", "-c", script);
    }

    TestSpec removed() {
        autoRemove = true;
        return this;
    }

    TestSpec user(String name) {
        user = name;
        return this;
    }

    TestSpec stdin() {
        stdin = true;
        return this;
    }

    TestSpec init() {
        init = true;
        return this;
    }

    TestSpec isolation(Isolation wanted) {
        isolation = wanted;
        return this;
    }

    TestSpec on(String... networks) {
        return on(Stream.of(networks).map(NetworkSpec.Attachment::to).toList());
    }

    TestSpec on(List<NetworkSpec.Attachment> attachments) {
        network = network.on(attachments);
        return this;
    }

    TestSpec bound(NetworkSpec.Binding... bindings) {
        var old = network;
        network =
                new NetworkSpec(
                        old.attachments(),
                        List.of(bindings),
                        old.exposed(),
                        old.publishAll(),
                        old.dns(),
                        old.dnsSearch(),
                        old.dnsOptions(),
                        old.extraHosts());
        return this;
    }

    ContainerSpec build() {
        return ContainerSpec.of(image)
                .with(spec -> {
                    spec.entrypoint = entrypoint;
                    spec.cmd = cmd;
                    spec.env = env;
                    spec.user = user;
                    spec.workingDir = workingDir;
                    spec.hostname = hostname;
                    spec.terminal = terminal;
                    spec.stdin = stdin;
                    spec.stdinOnce = stdin;
                    spec.labels = labels;
                    spec.stopSignal = stopSignal;
                    spec.health = health;
                    spec.autoRemove = autoRemove;
                    spec.restart = restart;
                    spec.init = init;
                    spec.tmpfs = tmpfs;
                    spec.volumes = volumes;
                    spec.volumesFrom = volumesFrom;
                    spec.binds = binds;
                    spec.isolation = isolation;
                    spec.network = network;
                    spec.rlimits = rlimits;
                    spec.oomScoreAdj = oomScoreAdj;
                    spec.logDriver = log;
                    spec.logOptions = logOptions;
                    spec.origin = "{}";
                });
    }
}
