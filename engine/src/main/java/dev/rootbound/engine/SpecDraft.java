package dev.rootbound.engine;

import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.Rlimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ContainerSpec} being written: each place that makes or changes one names only what it
 * sets. The fields are the record's components. Not kept and not shared: see {@link
 * ContainerSpec#with}.
 */
public final class SpecDraft {
    public String image;
    public @Nullable List<String> entrypoint;
    public @Nullable List<String> cmd;
    public List<String> env = List.of();
    public String user = "";
    public String workingDir = "";
    public String hostname = "";
    public String domainname = "";
    public boolean terminal;
    public boolean stdin;
    public boolean stdinOnce;
    public Map<String, String> labels = Map.of();
    public @Nullable String stopSignal;
    public @Nullable Integer stopTimeout;
    public @Nullable HealthCheck health;
    public boolean autoRemove;
    public RestartPolicy restart = RestartPolicy.NO;
    public boolean init;
    public boolean readOnlyRoot;
    public long shmSize;
    public List<ContainerSpec.Tmpfs> tmpfs = List.of();
    public List<VolumeMount> volumes = List.of();
    public List<String> volumesFrom = List.of();
    public List<BindMount> binds = List.of();
    public NetworkSpec network = NetworkSpec.PLAIN;
    public List<String> groupAdd = List.of();
    public Isolation isolation = Isolation.DEFAULT;
    public Resources resources = Resources.DEFAULT;
    public List<Rlimit> rlimits = List.of();
    public @Nullable Integer oomScoreAdj;
    public ContainerSpec.LogDriver logDriver = ContainerSpec.LogDriver.JSON_FILE;
    public LogOptions logOptions = LogOptions.NONE;
    public Map<String, String> annotations = Map.of();
    public String origin = "";

    SpecDraft(String image) {
        this.image = image;
    }

    SpecDraft(ContainerSpec spec) {
        image = spec.image();
        entrypoint = spec.entrypoint();
        cmd = spec.cmd();
        env = spec.env();
        user = spec.user();
        workingDir = spec.workingDir();
        hostname = spec.hostname();
        domainname = spec.domainname();
        terminal = spec.terminal();
        stdin = spec.stdin();
        stdinOnce = spec.stdinOnce();
        labels = spec.labels();
        stopSignal = spec.stopSignal();
        stopTimeout = spec.stopTimeout();
        health = spec.health();
        autoRemove = spec.autoRemove();
        restart = spec.restart();
        init = spec.init();
        readOnlyRoot = spec.readOnlyRoot();
        shmSize = spec.shmSize();
        tmpfs = spec.tmpfs();
        volumes = spec.volumes();
        volumesFrom = spec.volumesFrom();
        binds = spec.binds();
        network = spec.network();
        groupAdd = spec.groupAdd();
        isolation = spec.isolation();
        resources = spec.resources();
        rlimits = spec.rlimits();
        oomScoreAdj = spec.oomScoreAdj();
        logDriver = spec.logDriver();
        annotations = spec.annotations();
        logOptions = spec.logOptions();
        origin = spec.origin();
    }

    ContainerSpec done() {
        return new ContainerSpec(
                image,
                entrypoint,
                cmd,
                env,
                user,
                workingDir,
                hostname,
                domainname,
                terminal,
                stdin,
                stdinOnce,
                labels,
                stopSignal,
                stopTimeout,
                health,
                autoRemove,
                restart,
                init,
                readOnlyRoot,
                shmSize,
                tmpfs,
                volumes,
                volumesFrom,
                binds,
                network,
                groupAdd,
                isolation,
                resources,
                rlimits,
                oomScoreAdj,
                logDriver,
                annotations,
                logOptions,
                origin);
    }
}
